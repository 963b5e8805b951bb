/** What one hint leads to: a few steps at the provider, each written down before the next. */
import { apply, type Ports } from '../../shared/cancellation/apply.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import { firstStep, type SendRight } from '../../shared/domain/plan.ts';
import {
  type CancellationError,
  isOpenCancellation,
  type SignatureRequest,
} from '../../shared/domain/signature-request.ts';
import type { Effect } from '../../shared/domain/transition.ts';
import type { AnyProvider } from '../../shared/providers/define-provider.ts';
import type { RateLimit } from '../../shared/providers/provider.ts';
import type { HintMessage } from '../../shared/queue/hints.ts';
import type { AccountStore, StoredAccount } from '../../shared/store/accounts.ts';
import type { Breaker } from './breaker.ts';
import type { Pacer } from './pacer.ts';
import { cancelAt, type ProviderPorts, readAt } from './provider-operations.ts';

export interface DispatchPorts extends Ports, ProviderPorts {
  readonly providerNamed: (name: string) => AnyProvider | null;
  readonly accounts: Pick<AccountStore, 'findAccount' | 'pauseAccount'>;
  readonly breaker: Breaker;
  readonly permission: Pacer;
}

/** One request at one provider, for as long as this hint leads. */
interface Visit {
  readonly provider: AnyProvider;
  readonly account: StoredAccount;
  readonly request: SignatureRequest;
  readonly step: Step;
}

type Step = { readonly type: 'send' } | { readonly type: 'look'; readonly right: SendRight };

/** Look, send, look for proof, and room for a claim that had to be refuted first. */
const mostSteps = 6;

export const runHint = async (ports: DispatchPorts, hint: HintMessage, receives: number): Promise<void> => {
  const request = await ports.requests.get(hint.tenant, hint.id);
  if (request === null) return;
  const provider = ports.providerNamed(request.provider);
  if (provider === null) throw new Error(`no provider named ${request.provider} is deployed`);
  const step = firstStep(request, hint, receives, provider.proof.looksFirst, ports.policy, ports.now());
  if (step.type === 'nothing') return;
  const account = await ports.accounts.findAccount(request.tenant, request.accountId);
  if (account === null || account.uid !== request.accountUid) {
    await apply(ports, request, provider.proof, { type: 'given_up', error: accountDeleted });
    return;
  }
  const visit = { provider, account, request, step };
  if (await admitted(ports, visit, hint.permit === true)) await takeSteps(ports, visit);
};

const accountDeleted: CancellationError = {
  type: 'account-deleted',
  detail: 'The account that this request belongs to was deleted.',
};
const accountPaused: CancellationError = {
  type: 'account-paused',
  detail: 'Calls to the account are paused; the account says why and until when.',
};
const paced: CancellationError = {
  type: 'rate-limited',
  detail: 'Calls to the account keep below the limit of the provider: this one has its turn later.',
};

/** Whether calls may be made now. If not, the request says so, and when. */
const admitted = async (ports: DispatchPorts, visit: Visit, hasPermit: boolean): Promise<boolean> => {
  const { provider, account, request, step } = visit;
  const closedUntil = await ports.breaker.admit(account);
  if (closedUntil !== null) {
    await defer(ports, visit, closedUntil, accountPaused, false);
    return false;
  }
  if (hasPermit) return true;
  const { limit, calls } = neededCalls(request, provider, step, ports.now());
  const permission = await ports.permission(account, limit, calls);
  if (permission.kind === 'go') return true;
  await defer(ports, visit, permission.at, paced, permission.permit);
  return false;
};

const defer = async (
  ports: DispatchPorts,
  { request, provider, step }: Visit,
  until: Instant,
  error: CancellationError,
  permit: boolean,
): Promise<void> => {
  const lone = step.type === 'send' || step.right === 'lone';
  await apply(ports, request, provider.proof, { type: 'deferred', until, error, lone, permit });
};

/** A visit is paced by the limit of its scarcest call: the cancel, if one may be sent. */
const neededCalls = (
  { cancellation }: SignatureRequest,
  { limits }: AnyProvider,
  step: Step,
  now: Instant,
): { readonly limit: RateLimit; readonly calls: number } => {
  const maySend =
    isOpenCancellation(cancellation) && (cancellation.resendAt === null || cancellation.resendAt <= now);
  if (!maySend) return { limit: limits.read, calls: 1 };
  const alsoReads = step.type === 'look' && limits.read.bucket === limits.cancel.bucket;
  return { limit: limits.cancel, calls: alsoReads ? 2 : 1 };
};

const takeSteps = async (ports: DispatchPorts, visit: Visit): Promise<void> => {
  let { request } = visit;
  let step: Step | null = visit.step;
  for (let taken = 0; step !== null && taken < mostSteps; taken += 1) {
    const next = await takeStep(ports, { ...visit, request, step });
    request = next.request;
    step = next.step;
  }
};

const takeStep = async (
  ports: DispatchPorts,
  { request, provider, account, step }: Visit,
): Promise<{ readonly request: SignatureRequest; readonly step: Step | null }> => {
  const wish = request.cancellation?.requestedAt;
  if (step.type === 'send' && wish === undefined) return { request, step: null };
  const begunAt = ports.now();
  const event =
    step.type === 'look' || wish === undefined
      ? ({
          type: 'status_read',
          answer: await readAt(ports, provider, account, request),
          right: step.type === 'look' ? step.right : 'claim',
          begunAt,
        } as const)
      : ({
          type: 'cancel_answered',
          wish,
          answer: await cancelAt(ports, provider, account, request),
        } as const);
  const decision = await apply(ports, request, provider.proof, event);
  const open = await ports.breaker.observe(account, event.answer);
  if (open) ports.log('warn', 'account.breaker_open', { tenant: account.tenant, account: account.accountId });
  await pause(ports, account, decision.effects);
  const next = nextStep(decision.effects, step);
  // A cancel that was claimed is made: left out, it would be counted, and believed perhaps to have acted.
  return { request: decision.request, step: open && next?.type === 'look' ? null : next };
};

/** A refuted claim leads to a second look, which stands in the first one's place. */
const nextStep = (effects: readonly Effect[], taken: Step): Step | null => {
  for (const effect of effects) {
    if (effect.type === 'send') return effect;
    if (effect.type === 'look') return { type: 'look', right: taken.type === 'look' ? taken.right : 'claim' };
  }
  return null;
};

const pause = async (
  ports: DispatchPorts,
  account: StoredAccount,
  effects: readonly Effect[],
): Promise<void> => {
  for (const effect of effects) {
    if (effect.type !== 'pause_account') continue;
    ports.log('warn', 'account.paused', {
      tenant: account.tenant,
      account: account.accountId,
      reason: effect.reason,
    });
    await ports.accounts.pauseAccount(account, effect.until, effect.reason);
  }
};
