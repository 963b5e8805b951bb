/** Performs one operation at a provider: the call, the one that its answer may refer to, and what it all means. */
import type {
  CancelAnswer,
  CreateAnswer,
  FindAnswer,
  Memory,
  Postponement,
  ReadAnswer,
  RemindAnswer,
  Target,
} from '../domain/answers.ts';
import type { Instant } from '../domain/ids.ts';
import type { CancellationError } from '../domain/signature-request.ts';
import type { CallOutcome } from './call.ts';
import type { AnyConnection } from './connections.ts';
import type { CreateSide, CreationTarget, FindSide, ReminderTarget, RemindSide } from './creation.ts';
import type { AnyProvider } from './define-provider.ts';
import { postponement } from './http-status.ts';
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

export const performCreate = async (
  call: MakeCall,
  { request, classify }: CreateSide<unknown, unknown>,
  target: CreationTarget,
  connection: AnyConnection,
): Promise<CreateAnswer> => {
  const outcome = await call(request(target, connection));
  return outcome.kind === 'response'
    ? classify(outcome.response, target)
    : unanswered<CreateAnswer>(outcome, (error) => ({ kind: 'unclear', mayHaveActed: true, error }));
};

/** A list with more pages than this is not looked through. */
const mostPages = 10;

export const performFind = async (
  call: MakeCall,
  { request: build, classify }: FindSide<unknown, unknown>,
  target: Omit<CreationTarget, 'files'>,
  attemptedAt: Instant,
  connection: AnyConnection,
): Promise<FindAnswer | { readonly kind: 'cannot_look' }> => {
  let request = build(target, attemptedAt, connection);
  if (request === null) return { kind: 'cannot_look' };
  for (let page = 0; page < mostPages; page += 1) {
    const outcome = await call(request);
    if (outcome.kind !== 'response') {
      return unanswered<FindAnswer>(outcome, (error) => ({ kind: 'unclear', error }));
    }
    const answer: ReturnType<typeof classify> = classify(outcome.response, target, attemptedAt, request);
    if (answer.kind !== 'follow') return answer;
    request = answer.request;
  }
  return {
    kind: 'ambiguous',
    detail: `It is not among the first ${mostPages} pages of the provider's list.`,
  };
};

export const performRemind = async (
  call: MakeCall,
  { request, classify }: RemindSide<unknown, unknown>,
  target: ReminderTarget,
  connection: AnyConnection,
): Promise<RemindAnswer | Postponement> => {
  const built = request(target, connection);
  if (built === null) return { kind: 'refused', error: notNamed };
  const outcome = await call(built);
  return outcome.kind === 'response'
    ? classify(outcome.response)
    : unanswered<RemindAnswer>(outcome, (error) => ({ kind: 'unclear', error }));
};

const notNamed: CancellationError = {
  type: 'refused',
  detail: 'The provider has not told yet by what name this signer is to be reminded.',
};

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
  const { known } = answer;
  const followed = await call(answer.request);
  if (followed.kind !== 'response') return known ?? unanswered(followed, unclear);
  const last = classify(followed.response, memory, answer.request, known);
  const told = isFollow(last) ? (known ?? unclear(endless)) : last;
  const pause = known === undefined ? null : postponement(followed.response);
  // Not where it refuses: what may not be asked besides may be asked about the request all the same.
  return pause?.kind === 'try_again' && pause.pausesAccount ? { ...told, accountPause: pause } : told;
};

interface Follow<Answer> {
  readonly kind: 'follow';
  readonly request: ProviderRequest;
  readonly known?: Answer;
}

const isFollow = <Answer extends CancelAnswer | ReadAnswer>(
  answer: Answer | Follow<Answer>,
): answer is Follow<Answer> => answer.kind === 'follow';

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
