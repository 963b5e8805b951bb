/** What one hint leads to: a few steps at the provider, each written down before the next. */
import { apply, type Ports } from '../../shared/cancellation/apply.ts';
import { firstStep } from '../../shared/domain/plan.ts';
import {
  type CancellationError,
  isOpenCancellation,
  type SignatureRequest,
} from '../../shared/domain/signature-request.ts';
import type { Decision, Effect } from '../../shared/domain/transition.ts';
import type { AnyProvider } from '../../shared/providers/define-provider.ts';
import type { HintMessage } from '../../shared/queue/hints.ts';
import type { AccountStore, StoredAccount } from '../../shared/store/accounts.ts';
import { cancelAt, type ProviderPorts, readAt } from './provider-operations.ts';

export interface DispatchPorts extends Ports, ProviderPorts {
  readonly providerNamed: (name: string) => AnyProvider | null;
  readonly accounts: Pick<AccountStore, 'findAccount' | 'pauseAccount'>;
}

/** Look, send, look for proof, and room for a claim that had to be refuted first. */
const mostSteps = 6;

type Step = { readonly type: 'send' } | { readonly type: 'look'; readonly lone: boolean };

export const runHint = async (ports: DispatchPorts, hint: HintMessage, receives: number): Promise<void> => {
  const request = await ports.requests.get(hint.tenant, hint.id);
  if (request === null) return;
  const provider = ports.providerNamed(request.provider);
  if (provider === null) throw new Error(`no provider named ${request.provider} is deployed`);
  const first = firstStep(request, hint, receives, provider.proof.looksFirst, ports.now());
  if (first.type === 'nothing') return;
  const account = await accountFor(ports, request, provider);
  if (account !== null) await takeSteps(ports, request, provider, account, first);
};

/** Null when nothing may be called: the account is gone, or calls to it are paused. The request says so then. */
const accountFor = async (
  ports: DispatchPorts,
  request: SignatureRequest,
  provider: AnyProvider,
): Promise<StoredAccount | null> => {
  const account = await ports.accounts.findAccount(request.tenant, request.accountId);
  if (account === null || account.uid !== request.accountUid) {
    await apply(ports, request, provider.proof, { type: 'given_up', error: accountDeleted });
    return null;
  }
  const until = account.pausedUntil;
  if (until === null || until <= ports.now()) return account;
  if (isOpenCancellation(request.cancellation)) {
    await apply(ports, request, provider.proof, {
      type: 'deferred',
      until,
      error: accountPaused,
    });
  }
  return null;
};

const accountDeleted: CancellationError = {
  type: 'account-deleted',
  detail: 'The account that this request belongs to was deleted.',
};
const accountPaused: CancellationError = {
  type: 'account-paused',
  detail: 'Calls to the account are paused; the account says why and until when.',
};

const takeSteps = async (
  ports: DispatchPorts,
  first: SignatureRequest,
  provider: AnyProvider,
  account: StoredAccount,
  firstStepTaken: Step,
): Promise<void> => {
  let request = first;
  let step: Step | null = firstStepTaken;
  for (let taken = 0; step !== null && taken < mostSteps; taken += 1) {
    const decision: Decision = await takeStep(ports, request, provider, account, step);
    await pause(ports, account, decision.effects);
    request = decision.request;
    step = nextStep(decision.effects, step);
  }
};

const takeStep = async (
  ports: DispatchPorts,
  request: SignatureRequest,
  provider: AnyProvider,
  account: StoredAccount,
  step: Step,
): Promise<Decision> => {
  if (step.type === 'look') {
    const answer = await readAt(ports, provider, account, request);
    return apply(ports, request, provider.proof, { type: 'status_read', answer, lone: step.lone });
  }
  const wish = request.cancellation?.requestedAt;
  if (wish === undefined) return { request, changed: false, effects: [] };
  const answer = await cancelAt(ports, provider, account, request);
  return apply(ports, request, provider.proof, { type: 'cancel_answered', wish, answer });
};

/** A refuted claim leads to a second look, which stands in the first one's place. */
const nextStep = (effects: readonly Effect[], taken: Step): Step | null => {
  for (const effect of effects) {
    if (effect.type === 'send') return effect;
    if (effect.type === 'look') return { type: 'look', lone: taken.type === 'look' && taken.lone };
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
