/** What each error of a cancellation means, for the documentation: apart from the names, so that no function carries it. */
import type { CancellationErrorType } from './signature-request.ts';

export const cancellationErrorMeanings: Readonly<Record<CancellationErrorType, string>> = {
  'already-signed': 'Every signer had signed before the cancellation took effect.',
  'already-declined': 'A signer declined before the cancellation took effect.',
  'already-expired': 'The request expired before the cancellation took effect.',
  'already-ended': 'The request ended in an error at the provider before the cancellation took effect.',
  'not-found': 'The provider knows no such request, or not under this account.',
  'deadline-exceeded': 'The provider gave no proof before the deadline. Retry to start over.',
  'outcome-unknown': 'The cancel may have been carried out, and the provider offers no way to find out.',
  'account-deleted': 'The account was deleted while the cancellation was open.',
  'account-paused': 'Calls to this account are paused. See the account for the reason and the time.',
  'rate-limited': 'The provider limits the rate of calls. The call is repeated when the limit resets.',
  'provider-unavailable': 'The provider could not be reached or answered with a server error.',
  'provider-timeout':
    'The provider did not answer in time, or the connection broke. The outcome is looked up.',
  unauthorized: 'The provider refused the credentials of this account.',
  forbidden: 'The credentials of this account may not cancel this request.',
  'payment-required': 'The provider asks for a paid plan or for credits.',
  'account-blocked': 'The provider has blocked this account.',
  refused: 'The provider refuses the cancellation although the request is open.',
  'source-unavailable': 'A file that was to be sent could not be fetched from its URL.',
  'not-sent': 'The request was never sent to the provider.',
  'unexpected-answer': 'The provider answered in a way that its documentation does not describe.',
};
