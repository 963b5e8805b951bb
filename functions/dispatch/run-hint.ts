/** What one hint leads to: a few steps at the provider, each written down before the next. */
import { apply } from '../../shared/cancellation/apply.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import { type FirstStep, firstStep } from '../../shared/domain/plan.ts';
import {
  type CancellationError,
  isOpenCancellation,
  type SignatureRequest,
} from '../../shared/domain/signature-request.ts';
import type { Effect } from '../../shared/domain/transition.ts';
import type { AnyProvider } from '../../shared/providers/define-provider.ts';
import type { RateLimit } from '../../shared/providers/provider.ts';
import type { HintMessage } from '../../shared/queue/hints.ts';
import type { StoredAccount } from '../../shared/store/accounts.ts';
import { lookStep, sendStep } from './cancellation-steps.ts';
import { createStep, findStep, forgetBody } from './creation-steps.ts';
import type { Permission } from './pacer.ts';
import { TooLate } from './provider-operations.ts';
import { remindStep } from './remind-step.ts';
import type { DispatchPorts, Step, Visit } from './visit.ts';

/** Look, send, look for proof, and room for a claim that had to be refuted first. */
const mostSteps = 6;

export const runHint = async (ports: DispatchPorts, hint: HintMessage, receives: number): Promise<void> => {
  const request = await ports.requests.get(hint.tenant, hint.id);
  if (request === null) return;
  const provider = ports.providerNamed(request.provider);
  if (provider === null) throw new Error(`no provider named ${request.provider} is deployed`);
  const first = firstStep(request, hint, receives, provider.proof.looksFirst, ports.policy, ports.now());
  const step = await atProvider(ports, request, provider, first);
  if (step === null) return;
  const account = await ports.accounts.findAccount(request.tenant, request.accountId);
  if (account === null || account.uid !== request.accountUid) {
    const gone = await apply(ports, request, provider.proof, { type: 'given_up', error: accountDeleted });
    await forgetBody(ports, gone.request);
    return;
  }
  const visit = { provider, account, request, step };
  if (!(await admitted(ports, visit, hint.permit === true))) return;
  try {
    await takeSteps(ports, visit);
  } catch (error) {
    if (!(error instanceof TooLate)) throw error;
    // Nothing was sent, and whoever is next looks first: the sweep finds it when the right has run out.
    ports.log('warn', 'call.too_late', { tenant: request.tenant, id: request.id });
  }
};

/** @returns the step if it asks the provider; the others are taken here. */
const atProvider = async (
  ports: DispatchPorts,
  request: SignatureRequest,
  { proof }: AnyProvider,
  step: FirstStep,
): Promise<Step | null> => {
  switch (step.type) {
    case 'nothing':
      return null;
    case 'withdraw':
      await forgetBody(ports, (await apply(ports, request, proof, { type: 'withdrawn' })).request);
      return null;
    case 'drop_reminder':
      await apply(ports, request, proof, { type: 'reminder_dropped' });
      return null;
    case 'give_up':
      await apply(ports, request, proof, { type: 'given_up', error: neverKnown });
      return null;
    case 'send':
    case 'look':
    case 'create':
    case 'find':
    case 'remind':
      return step;
  }
};

const neverKnown: CancellationError = {
  type: 'outcome-unknown',
  detail: 'Whether the request was ever sent is not known: resolve its creation first, then retry.',
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

/** Whether calls may be made now. If not, the request says so, and when. The one probe of a breaker is claimed last. */
const admitted = async (ports: DispatchPorts, visit: Visit, hasPermit: boolean): Promise<boolean> => {
  const { provider, account, request, step } = visit;
  const { pausedUntil } = account;
  if (pausedUntil !== null && pausedUntil > ports.now()) {
    await defer(ports, visit, pausedUntil, accountPaused, false);
    return false;
  }
  const { limit, calls } = neededCalls(request, provider, step, ports.now());
  const permission = hasPermit ? goes : await ports.permission(account, limit, calls);
  if (permission.kind === 'later') {
    await defer(ports, visit, permission.at, paced, permission.permit);
    return false;
  }
  const closedUntil = await ports.breaker.admit(account);
  if (closedUntil === null) return true;
  await defer(ports, visit, closedUntil, accountPaused, false);
  return false;
};

const goes: Permission = { kind: 'go' };

const defer = async (
  ports: DispatchPorts,
  { request, provider, step }: Visit,
  until: Instant,
  error: CancellationError,
  permit: boolean,
): Promise<void> => {
  const lone = step.type === 'send' || (step.type === 'look' && step.right === 'lone');
  const onlyLook = step.type === 'look' && step.right === 'none';
  await apply(ports, request, provider.proof, { type: 'deferred', until, error, lone, permit, onlyLook });
};

/** A visit is paced by the limit of its scarcest call: the cancel, if one may be sent. */
const neededCalls = (
  { cancellation }: SignatureRequest,
  { limits }: AnyProvider,
  step: Step,
  now: Instant,
): { readonly limit: RateLimit; readonly calls: number } => {
  if (step.type === 'create' || step.type === 'remind') return { limit: limits[step.type], calls: 1 };
  const maySend =
    isOpenCancellation(cancellation) && (cancellation.resendAt === null || cancellation.resendAt <= now);
  if (!maySend || step.type === 'find') return { limit: limits.read, calls: 1 };
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
  visit: Visit,
): Promise<{ readonly request: SignatureRequest; readonly step: Step | null }> => {
  const { account, step } = visit;
  const { decision, answer } = await perform(ports, visit);
  const open = answer !== null && (await ports.breaker.observe(account, answer));
  if (open) ports.log('warn', 'account.breaker_open', { tenant: account.tenant, account: account.accountId });
  await pause(ports, account, decision.effects);
  const next = nextStep(decision.effects, step);
  // A cancel that was claimed is made: left out, it would be counted, and believed perhaps to have acted.
  return { request: decision.request, step: open && next?.type === 'look' ? null : next };
};

const perform = (ports: DispatchPorts, visit: Visit) => {
  switch (visit.step.type) {
    case 'send':
      return sendStep(ports, visit);
    case 'look':
      return lookStep(ports, visit);
    case 'create':
      return createStep(ports, visit);
    case 'find':
      return findStep(ports, visit);
    case 'remind':
      return remindStep(ports, visit);
  }
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
