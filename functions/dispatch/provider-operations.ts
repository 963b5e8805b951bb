/** The two operations at a provider, from a stored request to a classified answer. */
import type { CancelAnswer, Memory, Postponement, ReadAnswer, Target } from '../../shared/domain/answers.ts';
import { sentSoFar } from '../../shared/domain/settle.ts';
import type { CancellationError, SignatureRequest } from '../../shared/domain/signature-request.ts';
import type { Log } from '../../shared/log.ts';
import type { Call } from '../../shared/providers/call.ts';
import type { AnyConnection, Connect } from '../../shared/providers/connections.ts';
import type { AnyProvider } from '../../shared/providers/define-provider.ts';
import { type MakeCall, performCancel, performRead } from '../../shared/providers/exchange.ts';
import { redact } from '../../shared/providers/redact.ts';
import type { StoredAccount } from '../../shared/store/accounts.ts';
import type { WishDetailsStore } from '../../shared/store/wish-details.ts';

export interface ProviderPorts {
  readonly call: Call;
  readonly connect: Connect;
  readonly log: Log;
  /** Time-out of one call, already bounded by the time that is left to this invocation. */
  readonly callTimeoutMs: () => number;
  /** The account's credentials; `fresh`: past every cache. Null when its secret is gone. */
  readonly credentialsOf: (account: StoredAccount, fresh: boolean) => Promise<unknown>;
  readonly wishDetails: Pick<WishDetailsStore, 'get'>;
}

export const cancelAt = async (
  ports: ProviderPorts,
  provider: AnyProvider,
  account: StoredAccount,
  request: SignatureRequest,
): Promise<CancelAnswer> => {
  const target = await targetOf(ports, request);
  const call = callFor(ports, 'cancel', request);
  // The call that was just claimed is this one: what it may do is not yet known.
  const memory = memoryOf(request, request.cancellation?.sent ?? 'no');
  return withCredentials(ports, provider, account, (connection) =>
    performCancel(call, provider, target, connection, memory),
  );
};

export const readAt = async (
  ports: ProviderPorts,
  provider: AnyProvider,
  account: StoredAccount,
  request: SignatureRequest,
): Promise<ReadAnswer> => {
  const target = await targetOf(ports, request);
  const call = callFor(ports, 'read', request);
  const { cancellation } = request;
  const memory = memoryOf(request, cancellation === null ? 'no' : sentSoFar(cancellation));
  return withCredentials(ports, provider, account, (connection) =>
    performRead(call, provider, target, connection, memory),
  );
};

/**
 * Credentials and tokens are remembered, perhaps from before a rotation: a provider's 401 is believed only with the
 * newest of both.
 */
const withCredentials = async <Answer extends CancelAnswer | ReadAnswer>(
  ports: ProviderPorts,
  provider: AnyProvider,
  account: StoredAccount,
  act: (connection: AnyConnection) => Promise<Answer>,
): Promise<Answer | Postponement> => {
  const attempt = async (credentials: unknown, freshToken: boolean): Promise<Answer | Postponement> => {
    if (credentials === null) return { kind: 'refused', error: secretGone, pausesAccount: true };
    const timeoutMs = ports.callTimeoutMs();
    const connected = await ports.connect(provider, credentials, account.options, timeoutMs, freshToken);
    const answer = connected.kind === 'connected' ? await act(connected.connection) : connected;
    return redacted(answer, credentials);
  };
  const credentials = await ports.credentialsOf(account, false);
  const answer = await attempt(credentials, false);
  if (!('error' in answer) || answer.error.type !== 'unauthorized') return answer;
  const newest = await ports.credentialsOf(account, true);
  const same = JSON.stringify(newest) === JSON.stringify(credentials);
  return same && provider.token === undefined ? answer : attempt(newest, true);
};

const secretGone: CancellationError = {
  type: 'unauthorized',
  detail:
    'The credentials of this account are gone from the secret store. Replace the account to set them again.',
};

const targetOf = async (ports: ProviderPorts, request: SignatureRequest): Promise<Target> => {
  const { tenant, id, providerRequestId, cancellation } = request;
  const ref = cancellation?.detailsRef ?? null;
  const details = ref === null ? null : await ports.wishDetails.get(tenant, id, ref);
  // Half a reason must not be sent as the whole: better a message that comes back, and an alarm.
  if (ref !== null && details === null) throw new Error(`the details of the wish for ${id} are gone`);
  return {
    providerRequestId,
    scope: cancellation?.scope ?? 'workflow',
    reason: details?.reason ?? cancellation?.reason ?? null,
    remoteData: details?.remoteData ?? null,
    idempotencyKey: `${id}-${cancellation?.requestedAt ?? 0}-${cancellation?.attempts ?? 0}`,
  };
};

const memoryOf = ({ existed, claim }: SignatureRequest, sent: Memory['sent']): Memory => ({
  sent,
  existed,
  claim,
});

const redacted = <Answer extends CancelAnswer | ReadAnswer>(answer: Answer, credentials: unknown): Answer => {
  if ('error' in answer) {
    return { ...answer, error: { ...answer.error, detail: redact(answer.error.detail, credentials) } };
  }
  return 'detail' in answer ? { ...answer, detail: redact(answer.detail, credentials) } : answer;
};

const callFor =
  (
    { call, callTimeoutMs, log }: ProviderPorts,
    operation: 'cancel' | 'read',
    { tenant, id, provider }: SignatureRequest,
  ): MakeCall =>
  async (request) => {
    const started = performance.now();
    const outcome = await call(request, callTimeoutMs());
    log('info', `provider.${operation}`, {
      tenant,
      id,
      provider,
      provider_status: outcome.kind === 'response' ? outcome.response.status : outcome.kind,
      ms: Math.round(performance.now() - started),
    });
    return outcome;
  };
