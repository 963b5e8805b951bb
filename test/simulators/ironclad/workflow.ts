/** A workflow and its signature packet, as Ironclad shows them. What is one status here is three of its fields there. */
import { createHash } from 'node:crypto';
import type { SimulatedRequest, World } from '../world.ts';
import { launchOf } from './launch.ts';
import type { switches } from './switches.ts';

type IroncladWorld = World<typeof switches>;

/** `sign`: in the Sign step, no packet out; `archive`: all have signed, and the workflow is active still. */
export const statuses = [
  'review',
  'paused',
  'sign',
  'sent',
  'action_required',
  'archive',
  'completed',
  'cancelled',
] as const;

/** The number that people know a workflow by. */
export const ironcladId = (id: string): string =>
  `IC-${createHash('sha256').update(id).digest().readUInt32BE() % 1_000_000}`;

export const isInSignStep = ({ status }: SimulatedRequest): boolean =>
  status !== 'cancelled' && stepOf(status) === 'Sign';

const stepOf = (status: string): string => {
  switch (status) {
    case 'review':
    case 'paused':
      return 'Review';
    case 'archive':
      return 'Archive';
    case 'completed':
      return 'Complete';
    default:
      return 'Sign';
  }
};

const statusOf = ({ status }: SimulatedRequest): string =>
  status === 'paused' || status === 'completed' || status === 'cancelled' ? status : 'active';

const user = { id: '68f0000000000000000000d4', displayName: 'Ana Ruiz', email: 'ana@acme.example' };

export const workflowObject = (world: IroncladWorld, request: SimulatedRequest) => {
  const { id, title, createdAt, statusBefore } = request;
  const { template, attributes } = launchOf(world, request);
  const status = statusOf(request);
  const shown = world.value('status_field', request) === 'present' ? { status } : {};
  // A cancellation leaves the step as it was.
  const step = stepOf(status === 'cancelled' ? (statusBefore ?? 'sent') : request.status);
  const state = signaturesState(world, request);
  const applies = state === 'not_applicable' ? { message: 'This workflow has been cancelled' } : {};
  // The host in such links is not the one that was called.
  const url = `https://ironcladapp.example/public/api/v1/workflows/${id}/approvals`;
  return {
    id,
    ironcladId: ironcladId(id),
    title,
    template,
    step,
    schema: {},
    attributes: { ...attributes, readableId: ironcladId(id) },
    ...shown,
    isCancelled: status === 'cancelled',
    isComplete: status === 'completed',
    creator: user,
    created: new Date(createdAt).toISOString(),
    lastUpdated: new Date(createdAt).toISOString(),
    roles: [{ id: 'owner', displayName: 'Owner', assignees: [user] }],
    approvals: status === 'cancelled' ? { state, ...applies } : { state: 'completed', url },
    signatures: { state, ...applies },
    isRevertibleToReview: false,
  };
};

const signaturesState = (world: IroncladWorld, request: SimulatedRequest): string => {
  switch (request.status) {
    case 'cancelled':
      return 'not_applicable';
    case 'archive':
    case 'completed':
      return 'completed';
    case 'sent':
    case 'action_required':
      return 'in_progress';
    case 'sign':
      return world.value('unsent_packet_state', request);
    default:
      return 'not_started';
  }
};
