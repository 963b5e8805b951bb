/** The signers of a workflow that is in the Sign step, as the simulated Ironclad shows and reminds them. */
import type { Answer } from '../answer.ts';
import type { SimulatedRequest, World } from '../world.ts';
import { errorAnswer, invalidState } from './error-answer.ts';
import { type Launch, launchesOf, launchOf, type Progress } from './launch.ts';
import type { switches } from './switches.ts';
import { isInSignStep } from './workflow.ts';
import { type Asked, visible, type Workflows } from './workflows.ts';

type IroncladWorld = World<typeof switches>;

export const signStatus = ({ world }: Workflows, asked: Asked): Answer =>
  inSignStep(world, asked, (request) => ({ status: 200, body: signStatusObject(world, request) }));

/** The other list of them: their status is a level deeper, and an app may read it. */
export const signatures = ({ world }: Workflows, asked: Asked): Answer =>
  inSignStep(world, asked, (request) => ({
    status: 200,
    body: {
      workflowId: request.id,
      title: request.title,
      signers: launchOf(world, request).signers.map(({ name, email, roleName, progress }) => ({
        name,
        email,
        roleName,
        signatureStatus: { status: statusOf(progress, request) },
      })),
    },
  }));

export const signStatusObject = (world: IroncladWorld, request: SimulatedRequest) => ({
  signers: launchOf(world, request).signers.map(({ progress, ...signer }, routingOrder) => ({
    ...signer,
    routingOrder,
    status: statusOf(progress, request),
    isWetSigned: false,
  })),
  routing: 'sequential',
  status: request.status === 'sign' ? 'not_sent' : request.status,
  requireSignedDocumentUpload: false,
  provider: 'Ironclad Signature',
});

const statusOf = (progress: Progress, { status }: SimulatedRequest): string => {
  if (progress !== 'waiting') return progress;
  if (status === 'action_required') return 'declined';
  return status === 'sign' ? 'pending' : 'sent';
};

/** One an hour for each signer, of a packet that is out. */
export const remind = ({ world }: Workflows, asked: Asked): Answer =>
  inSignStep(world, asked, (request) => {
    const launch = launchOf(world, request);
    const { role } = asked;
    if (!launch.signers.some(({ roleName }) => roleName === role)) {
      return errorAnswer(404, 'NOT_FOUND', 'signer does not exist', 'signerRoleName');
    }
    if (request.status === 'sign') return invalidState('The signature request has not been sent.');
    const last = launch.remindedAt[role];
    if (last !== undefined && Date.now() - last < world.value('reminder_cool_down_ms', request)) {
      const message = 'You cannot remind the signer at this time (you can only send one reminder per hour).';
      return errorAnswer(429, 'TOO_MANY_REQUESTS', message);
    }
    const remindedAt = { ...launch.remindedAt, [role]: Date.now() };
    launchesOf(world).put(request.id, { ...launch, remindedAt });
    return { status: 204 };
  });

const inSignStep = (
  world: IroncladWorld,
  { id, account }: Asked,
  run: (request: SimulatedRequest) => Answer,
): Answer => {
  const request = visible(world, id, account, true);
  if (!('id' in request)) return request;
  return isInSignStep(request) ? run(request) : invalidState('Workflow must be on Sign Step.');
};

/** Takes those who have not decided to where they are now; `waiting` takes back everybody. */
export const advance = (world: IroncladWorld, request: SimulatedRequest, to: Progress): void => {
  const launch = launchOf(world, request);
  const step = (signer: Launch['signers'][number], at: number) => {
    const isLast = at === launch.signers.length - 1;
    const stays = to !== 'waiting' && /signed|declined/.test(signer.progress);
    // One alone declines.
    return stays || (to === 'declined' && !isLast) ? signer : { ...signer, progress: to };
  };
  launchesOf(world).put(request.id, { ...launch, signers: launch.signers.map(step) });
};
