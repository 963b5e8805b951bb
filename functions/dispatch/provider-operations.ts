/** The two operations at a provider, from a stored request to a classified answer. */
import type { CancelAnswer, Memory, ReadAnswer, Target } from '../../shared/domain/answers.ts';
import { sentSoFar } from '../../shared/domain/settle.ts';
import type { CancellationError, SignatureRequest } from '../../shared/domain/signature-request.ts';
import type { Log } from '../../shared/log.ts';
import type { Call, CallOutcome } from '../../shared/providers/call.ts';
import type { AnyProvider } from '../../shared/providers/define-provider.ts';
import type { Exchange } from '../../shared/providers/provider.ts';
import { redact } from '../../shared/providers/redact.ts';
import type { StoredAccount } from '../../shared/store/accounts.ts';
import type { WishDetailsStore } from '../../shared/store/wish-details.ts';

export interface ProviderPorts {
  readonly call: Call;
  readonly log: Log;
  /** Time-out of one call, already bounded by the time that is left to this invocation. */
  readonly callTimeoutMs: () => number;
  readonly baseUrlOf: (provider: AnyProvider, options: unknown) => string;
  /** The account's credentials; `fresh`: past every cache. Null when its secret is gone. */
  readonly credentialsOf: (account: StoredAccount, fresh: boolean) => Promise<unknown>;
  readonly wishDetails: Pick<WishDetailsStore, 'get'>;
}

export const cancelAt = async (
  ports: ProviderPorts,
  provider: AnyProvider,
  account: StoredAccount,
  request: SignatureRequest,
): Promise<CancelAnswer> =>
  exchange(ports, provider, account, request, 'cancel', provider.cancel, {
    ...notSent,
    noAnswer: (error) => ({ kind: 'unclear', mayHaveActed: true, error }),
  });

export const readAt = async (
  ports: ProviderPorts,
  provider: AnyProvider,
  account: StoredAccount,
  request: SignatureRequest,
): Promise<ReadAnswer> =>
  exchange(ports, provider, account, request, 'read', provider.read, {
    ...notSent,
    noAnswer: (error) => ({ kind: 'unclear', error }),
  });

type Postponement = Extract<CancelAnswer, { kind: 'refused' | 'try_again' }>;

interface WithoutAnswer<Answer> {
  notSent(error: CancellationError): Answer | Postponement;
  noCredentials(error: CancellationError): Answer | Postponement;
  noAnswer(error: CancellationError): Answer;
}

const notSent = {
  notSent: (error: CancellationError): Postponement => ({ kind: 'try_again', error, pausesAccount: false }),
  noCredentials: (error: CancellationError): Postponement => ({
    kind: 'refused',
    error,
    pausesAccount: true,
  }),
};

const exchange = async <Answer extends CancelAnswer | ReadAnswer>(
  ports: ProviderPorts,
  provider: AnyProvider,
  account: StoredAccount,
  request: SignatureRequest,
  operation: 'cancel' | 'read',
  { request: build, classify }: Exchange<unknown, unknown, Answer>,
  without: WithoutAnswer<Answer>,
): Promise<Answer | Postponement> => {
  const target = await targetOf(ports, request);
  const memory = memoryOf(request, operation);
  const attempt = async (credentials: unknown): Promise<Answer | Postponement> => {
    if (credentials === null) return without.noCredentials(secretGone);
    const { options } = account;
    const connection = {
      baseUrl: ports.baseUrlOf(provider, options),
      credentials,
      options,
      accessToken: null,
    };
    const sent = build(target, connection, memory);
    const started = performance.now();
    const outcome = await ports.call(sent, ports.callTimeoutMs());
    const answer = answerOf(outcome, without, (response) => classify(response, memory, sent));
    logCall(ports.log, request, operation, outcome, answer, performance.now() - started);
    return redacted(answer, credentials);
  };
  const credentials = await ports.credentialsOf(account, false);
  const answer = await attempt(credentials);
  if (!('error' in answer) || answer.error.type !== 'unauthorized') return answer;
  // The cached credentials may be the ones from before a rotation: believe a 401 only with the newest.
  const newest = await ports.credentialsOf(account, true);
  return JSON.stringify(newest) === JSON.stringify(credentials) ? answer : attempt(newest);
};

const secretGone: CancellationError = {
  type: 'unauthorized',
  detail:
    'The credentials of this account are gone from the secret store. Replace the account to set them again.',
};

const answerOf = <Answer>(
  outcome: CallOutcome,
  without: WithoutAnswer<Answer>,
  classify: (response: Extract<CallOutcome, { kind: 'response' }>['response']) => Answer,
): Answer | Postponement => {
  switch (outcome.kind) {
    case 'response':
      return classify(outcome.response);
    case 'not_sent':
      return without.notSent({
        type: 'provider-unavailable',
        detail: 'No connection to the provider could be made.',
      });
    case 'no_answer':
      return without.noAnswer({
        type: 'provider-timeout',
        detail: outcome.timedOut
          ? 'The provider did not answer in time.'
          : 'The connection broke before an answer.',
      });
  }
};

const targetOf = async (ports: ProviderPorts, request: SignatureRequest): Promise<Target> => {
  const { tenant, id, providerRequestId, cancellation } = request;
  const ref = cancellation?.detailsRef ?? null;
  const details = ref === null ? null : await ports.wishDetails.get(tenant, id, ref);
  return {
    providerRequestId,
    scope: cancellation?.scope ?? 'workflow',
    reason: details?.reason ?? cancellation?.reason ?? null,
    remoteData: details?.remoteData ?? null,
    idempotencyKey: `${id}-${cancellation?.requestedAt ?? 0}-${cancellation?.attempts ?? 0}`,
  };
};

/** To a read, a claimed call that nobody answered for may have acted. To the cancel that was just claimed, it is itself. */
const memoryOf = (
  { cancellation, existed, claim }: SignatureRequest,
  operation: 'cancel' | 'read',
): Memory => {
  if (cancellation === null) return { sent: 'no', existed, claim };
  return { sent: operation === 'read' ? sentSoFar(cancellation) : cancellation.sent, existed, claim };
};

const redacted = <Answer extends CancelAnswer | ReadAnswer>(answer: Answer, credentials: unknown): Answer => {
  if ('error' in answer) {
    return { ...answer, error: { ...answer.error, detail: redact(answer.error.detail, credentials) } };
  }
  return 'detail' in answer ? { ...answer, detail: redact(answer.detail, credentials) } : answer;
};

const logCall = (
  log: Log,
  { tenant, id, provider }: SignatureRequest,
  operation: 'cancel' | 'read',
  outcome: CallOutcome,
  answer: CancelAnswer | ReadAnswer,
  ms: number,
): void =>
  log('info', `provider.${operation}`, {
    tenant,
    id,
    provider,
    provider_status: outcome.kind === 'response' ? outcome.response.status : outcome.kind,
    answer: answer.kind,
    ms: Math.round(ms),
  });
