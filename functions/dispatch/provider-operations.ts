/** The operations at a provider, from a stored request to a classified answer. */
import type {
  CancelAnswer,
  CreateAnswer,
  FindAnswer,
  Memory,
  Postponement,
  ReadAnswer,
  RemindAnswer,
  Target,
} from '../../shared/domain/answers.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import { mayBegin } from '../../shared/domain/plan.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import { sentSoFar } from '../../shared/domain/settle.ts';
import {
  type CancellationError,
  isOpenCancellation,
  type SignatureRequest,
} from '../../shared/domain/signature-request.ts';
import type { Log } from '../../shared/log.ts';
import type { Call } from '../../shared/providers/call.ts';
import type { AnyConnection, Connect } from '../../shared/providers/connections.ts';
import type { CreationTarget, ReminderTarget } from '../../shared/providers/creation.ts';
import type { AnyProvider } from '../../shared/providers/define-provider.ts';
import {
  type MakeCall,
  performCancel,
  performCreate,
  performFind,
  performRead,
  performRemind,
} from '../../shared/providers/exchange.ts';
import { redact, redactWords } from '../../shared/providers/redact.ts';
import { isTrouble } from '../../shared/providers/trouble.ts';
import type { StoredAccount } from '../../shared/store/accounts.ts';
import type { WishDetails, WishDetailsStore } from '../../shared/store/wish-details.ts';
import { countAt } from '../../shared/trace/invocation.ts';

export interface ProviderPorts {
  readonly call: Call;
  readonly connect: Connect;
  readonly log: Log;
  /** Time-out of one call, already bounded by the time that is left to this invocation. */
  readonly callTimeoutMs: () => number;
  /** The account's credentials; `fresh`: past every cache. Null when its secret is gone. */
  readonly credentialsOf: (account: StoredAccount, fresh: boolean) => Promise<unknown>;
  readonly wishDetails: Pick<WishDetailsStore, 'get'>;
  readonly policy: Policy;
  readonly now: () => Instant;
}

/** Thrown instead of a call whose right ran out on the way to it: another worker may have taken it over. */
export class TooLate extends Error {
  override readonly name = 'TooLate';
}

export const cancelAt = async (
  ports: ProviderPorts,
  provider: AnyProvider,
  account: StoredAccount,
  request: SignatureRequest,
): Promise<CancelAnswer> => {
  const target = targetOf(request, await detailsOf(ports, request));
  const call = callFor(ports, 'cancel', request);
  // The call that was just claimed is this one: what it may do is not yet known.
  const memory = memoryOf(request, request.cancellation?.sent ?? 'no');
  return withCredentials(
    ports,
    provider,
    account,
    inTime(ports, request, (connection) => performCancel(call, provider, target, connection, memory)),
  );
};

export const readAt = async (
  ports: ProviderPorts,
  provider: AnyProvider,
  account: StoredAccount,
  request: SignatureRequest,
): Promise<ReadAnswer> => {
  // A read says nothing of the wish: what was said with it may have gone with its retention.
  const target = targetOf(request, null);
  const call = callFor(ports, 'read', request);
  const { cancellation } = request;
  const memory = memoryOf(request, cancellation === null ? 'no' : sentSoFar(cancellation));
  return withCredentials(ports, provider, account, (connection) =>
    performRead(call, provider, target, connection, memory),
  );
};

export const createAt = async (
  ports: ProviderPorts,
  provider: AnyProvider,
  account: StoredAccount,
  request: SignatureRequest,
  target: CreationTarget,
): Promise<CreateAnswer> => {
  const call = callFor(ports, 'create', request);
  return withCredentials<CreateAnswer>(
    ports,
    provider,
    account,
    inTime(ports, request, (connection) => performCreate(call, provider.create, target, connection)),
  );
};

/** @returns `cannot_look` where the provider, or this request, offers no way to find it. */
export const findAt = async (
  ports: ProviderPorts,
  provider: AnyProvider,
  account: StoredAccount,
  request: SignatureRequest,
  target: Omit<CreationTarget, 'files'>,
): Promise<FindAnswer | { readonly kind: 'cannot_look' }> => {
  const { find } = provider;
  if (find === undefined) return { kind: 'cannot_look' };
  const call = callFor(ports, 'find', request);
  const attemptedAt = request.creation?.firstAttemptAt ?? request.createdAt;
  return withCredentials<FindAnswer | { readonly kind: 'cannot_look' }>(
    ports,
    provider,
    account,
    (connection) => performFind(call, find, target, attemptedAt, connection),
  );
};

export const remindAt = async (
  ports: ProviderPorts,
  provider: AnyProvider,
  account: StoredAccount,
  request: SignatureRequest,
  target: ReminderTarget,
): Promise<RemindAnswer> => {
  const { remind } = provider;
  if (remind === undefined) throw new Error(`${provider.name} has no reminders`);
  const call = callFor(ports, 'remind', request);
  const answer = await withCredentials<RemindAnswer | Postponement>(
    ports,
    provider,
    account,
    inTime(ports, request, (connection) => performRemind(call, remind, target, connection)),
  );
  if (answer.kind !== 'try_again') return answer;
  const { error, retryAt } = answer;
  return { kind: 'refused', error, ...(retryAt !== undefined && { retryAt }) };
};

/** For a call that changes something: made only while the right to it lasts, however long connecting has taken. */
const inTime =
  <Answer>(
    { policy, now }: ProviderPorts,
    request: SignatureRequest,
    act: (connection: AnyConnection) => Promise<Answer>,
  ) =>
  async (connection: AnyConnection): Promise<Answer> => {
    if (!mayBegin(request, policy, now())) throw new TooLate();
    return act(connection);
  };

/**
 * Credentials and tokens are remembered, perhaps from before a rotation: a provider's 401 is believed only with the
 * newest of both.
 */
const withCredentials = async <Answer extends AnyAnswer>(
  ports: ProviderPorts,
  provider: AnyProvider,
  account: StoredAccount,
  act: (connection: AnyConnection) => Promise<Answer>,
): Promise<Answer | Postponement> => {
  const attempt = async (credentials: unknown, freshToken: boolean): Promise<Answer | Postponement> => {
    if (credentials === null) return { kind: 'refused', error: secretGone, pausesAccount: true };
    const timeoutMs = ports.callTimeoutMs();
    const connected = await ports.connect(provider, credentials, account.options, timeoutMs, freshToken);
    if (connected.kind === 'connected') return redacted(await act(connected.connection), credentials);
    noteNoToken(ports, provider, account, connected);
    return redacted(connected, credentials);
  };
  const credentials = await ports.credentialsOf(account, false);
  const answer = await attempt(credentials, false);
  if (!('error' in answer) || answer.error.type !== 'unauthorized') return answer;
  const newest = await ports.credentialsOf(account, true);
  const same = JSON.stringify(newest) === JSON.stringify(credentials);
  return same && provider.token === undefined ? answer : attempt(newest, true);
};

/** Where a provider has none to give, nothing of it is called: without this its outage would count as silence. */
const noteNoToken = (
  { log }: ProviderPorts,
  { name: provider }: AnyProvider,
  { tenant, accountId: account }: StoredAccount,
  { error }: Postponement,
): void => {
  countAt(provider, 'ProviderCalls');
  countAt(provider, 'ProviderErrors');
  const provider_status = error.providerStatus ?? 'no_answer';
  log('info', 'provider.token', { tenant, account, provider, provider_status });
};

type AnyAnswer =
  | CancelAnswer
  | ReadAnswer
  | CreateAnswer
  | FindAnswer
  | RemindAnswer
  | { readonly kind: 'cannot_look' };

const secretGone: CancellationError = {
  type: 'unauthorized',
  detail:
    'The credentials of this account are gone from the secret store. Replace the account to set them again.',
};

const detailsOf = async (
  ports: ProviderPorts,
  { tenant, id, cancellation }: SignatureRequest,
): Promise<WishDetails | null> => {
  const ref = cancellation?.detailsRef ?? null;
  const details = ref === null ? null : await ports.wishDetails.get(tenant, id, ref);
  // Half a reason must not be sent as the whole: better a message that comes back, and an alarm.
  if (ref !== null && details === null) throw new Error(`the details of the wish for ${id} are gone`);
  return details;
};

const targetOf = (
  { id, providerRequestId, cancellation }: SignatureRequest,
  details: WishDetails | null,
): Target => {
  if (providerRequestId === null) throw new Error(`${id} is not known to be at the provider`);
  return {
    providerRequestId,
    scope: cancellation?.scope ?? 'workflow',
    reason: details?.reason ?? cancellation?.reason ?? null,
    remoteData: details?.remoteData ?? null,
    idempotencyKey: `${id}-${cancellation?.requestedAt ?? 0}-${cancellation?.attempts ?? 0}`,
  };
};

/** Of one that is being cancelled the status is enough: a further call for its signers would only delay it. */
const memoryOf = (
  { existed, claim, followed, cancellation }: SignatureRequest,
  sent: Memory['sent'],
): Memory => ({
  sent,
  existed,
  claim,
  followed: followed && !isOpenCancellation(cancellation),
});

const redacted = <Answer extends AnyAnswer | Postponement>(answer: Answer, credentials: unknown): Answer => {
  if ('error' in answer) {
    return { ...answer, error: { ...answer.error, detail: redact(answer.error.detail, credentials) } };
  }
  const told =
    'details' in answer && answer.details !== undefined
      ? { ...answer, details: redactWords(answer.details, credentials) }
      : answer;
  return 'detail' in told ? { ...told, detail: redact(told.detail, credentials) } : told;
};

const callFor =
  (
    { call, callTimeoutMs, log }: ProviderPorts,
    operation: 'cancel' | 'read' | 'create' | 'find' | 'remind',
    { tenant, id, accountId, provider }: SignatureRequest,
  ): MakeCall =>
  async (request) => {
    const started = performance.now();
    const outcome = await call(request, callTimeoutMs());
    countAt(provider, 'ProviderCalls');
    if (isTrouble(outcome)) countAt(provider, 'ProviderErrors');
    log('info', `provider.${operation}`, {
      tenant,
      id,
      account: accountId,
      provider,
      provider_status: outcome.kind === 'response' ? outcome.response.status : outcome.kind,
      ms: Math.round(performance.now() - started),
    });
    return outcome;
  };
