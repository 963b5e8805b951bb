/** The one simulated Ironclad behind Truto: where the workflows are, and the only one who cancels them. */
import type { SimulatedAccount, SimulatedRequest, World } from '../world.ts';
import { ironcladError, type Remote } from './error-answer.ts';
import { launchOf } from './launches.ts';
import type { switches } from './switches.ts';

export type TrutoWorld = World<typeof switches>;

export const statuses = ['active', 'paused', 'completed', 'cancelled'] as const;

/** A workflow of another company is as unknown as any; one of nobody is everybody's. */
export const visible = (
  world: TrutoWorld,
  id: string,
  account: SimulatedAccount,
): SimulatedRequest | undefined => {
  const request = world.requests.get(id);
  return request && (request.account === null || request.account === account.id) ? request : undefined;
};

export const cancelAtIronclad = (
  world: TrutoWorld,
  id: string,
  message: string,
  account: SimulatedAccount,
): Remote => {
  const request = visible(world, id, account);
  const limited = limitOver(world, account);
  if (limited !== null) return limited;
  if (!request) return ironcladError(404);
  const refusal = refusalOf(world, request);
  if (refusal !== null) return ironcladError(Number(refusal));
  const isDone = world.value('cancel_outcome', request) === 'cancelled';
  if (isDone) world.update(id, { status: 'cancelled', cancelReason: message });
  return { status: 204, body: null };
};

/** Null, or Ironclad's 429: its writes share one limit. */
export const limitOver = (world: TrutoWorld, account: SimulatedAccount): Remote | null => {
  const limit = world.value('rate_limit_per_minute');
  const { over, resetsAt } = world.countPerMinute(account.id, limit);
  if (limit === 0 || !over) return null;
  return ironcladError(429, {
    'retry-after': String(Math.max(1, resetsAt - Math.floor(Date.now() / 1_000))),
  });
};

const refusalOf = (world: TrutoWorld, request: SimulatedRequest): string | null => {
  const error = world.value('ironclad_error', request);
  if (error !== 'none') return error;
  const answers: Readonly<Record<string, string>> = {
    cancelled: world.value('second_cancel', request),
    completed: world.value('cancel_of_completed', request),
  };
  const answer = answers[request.status] ?? '204';
  return answer === '204' ? null : answer;
};

/** As `GET /workflows/{id}` has it. The step does not change with a cancellation. */
export const workflowAtIronclad = (world: TrutoWorld, request: SimulatedRequest): object => {
  const { id, status, createdAt, title } = request;
  const { template, attributes } = launchOf(world, request);
  const shown = world.value('remote_status', request);
  const created = new Date(createdAt).toISOString();
  return {
    id,
    ironcladId: 'IC-41',
    title,
    template,
    step: status === 'completed' ? 'Complete' : 'Sign',
    schema: {},
    attributes: { ...attributes, readableId: 'IC-41' },
    ...(shown === 'status' && { status }),
    ...(shown !== 'neither' && { isCancelled: status === 'cancelled', isComplete: status === 'completed' }),
    creator: { id: '68f0000000000000000000d4', displayName: 'Ana Ruiz' },
    created,
    lastUpdated: created,
  };
};
