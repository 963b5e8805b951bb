/** Which outcomes of a call say that a provider, or an account there, is not well. Any other refusal concerns one request. */
import type { CallOutcome } from './call.ts';

/** And every status from 500 on. */
export const troubleStatuses: readonly number[] = [401, 402, 403, 429];

export const isTrouble = (outcome: CallOutcome): boolean =>
  outcome.kind !== 'response' ||
  outcome.response.status >= 500 ||
  troubleStatuses.includes(outcome.response.status);
