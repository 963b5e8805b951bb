/** Performs one operation at a provider: the call, the one that its answer may refer to, and what it all means. */
import type { CancelAnswer, Memory, Postponement, ReadAnswer, Target } from '../domain/answers.ts';
import type { CancellationError } from '../domain/signature-request.ts';
import type { CallOutcome } from './call.ts';
import type { AnyConnection } from './connections.ts';
import type { AnyProvider } from './define-provider.ts';
import type { Exchange, ProviderRequest } from './provider.ts';

/** Makes a call; time-out and log are the caller's. */
export type MakeCall = (request: ProviderRequest) => Promise<CallOutcome>;

export const performCancel = (
  call: MakeCall,
  provider: AnyProvider,
  target: Target,
  connection: AnyConnection,
  memory: Memory,
): Promise<CancelAnswer> =>
  perform(call, provider.cancel, target, connection, memory, (error) => ({
    kind: 'unclear',
    mayHaveActed: true,
    error,
  }));

export const performRead = (
  call: MakeCall,
  provider: AnyProvider,
  target: Target,
  connection: AnyConnection,
  memory: Memory,
): Promise<ReadAnswer> =>
  perform(call, provider.read, target, connection, memory, (error) => ({ kind: 'unclear', error }));

const perform = async <Answer extends CancelAnswer | ReadAnswer>(
  call: MakeCall,
  { request: build, classify }: Exchange<unknown, unknown, Answer>,
  target: Target,
  connection: AnyConnection,
  memory: Memory,
  unclear: (error: CancellationError) => Answer,
): Promise<Answer | Postponement> => {
  const first = build(target, connection, memory);
  const outcome = await call(first);
  if (outcome.kind !== 'response') return unanswered(outcome, unclear);
  const answer = classify(outcome.response, memory, first);
  if (!isFollow(answer)) return answer;
  const followed = await call(answer.request);
  if (followed.kind !== 'response') return unanswered(followed, unclear);
  const last = classify(followed.response, memory, answer.request);
  return isFollow(last) ? unclear(endless) : last;
};

interface Follow {
  readonly kind: 'follow';
  readonly request: ProviderRequest;
}

const isFollow = (answer: CancelAnswer | ReadAnswer | Follow): answer is Follow => answer.kind === 'follow';

type NoResponse = Exclude<CallOutcome, { kind: 'response' }>;

const unanswered = <Answer>(
  outcome: NoResponse,
  unclear: (error: CancellationError) => Answer,
): Answer | Postponement => {
  const detail = whyUnanswered(outcome);
  return outcome.kind === 'not_sent'
    ? { kind: 'try_again', error: { type: 'provider-unavailable', detail }, pausesAccount: false }
    : unclear({ type: 'provider-timeout', detail });
};

export const whyUnanswered = (outcome: NoResponse): string => {
  if (outcome.kind === 'not_sent') return 'No connection to the provider could be made.';
  return outcome.timedOut ? 'The provider did not answer in time.' : 'The connection broke before an answer.';
};

const endless: CancellationError = {
  type: 'unexpected-answer',
  detail: 'The provider referred to another answer twice.',
};
