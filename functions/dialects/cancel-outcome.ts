/** What became of a cancellation that a client waits for, as the dialects answer it that wait for proof. */
import type { CancellationErrorType } from '../../shared/domain/signature-request.ts';
import type { SignatureRequestView } from '../../shared/http/contract/responses.ts';
import { Problem } from '../../shared/http/problem.ts';
import { requestIn } from './problem-members.ts';
import type { Requests, Wish } from './requests.ts';

export type CancelOutcome =
  /** Proven. */
  | { readonly kind: 'cancelled' }
  /** It goes on: durably wished for, not proven yet. */
  | { readonly kind: 'pending' }
  | { readonly kind: 'given_up' }
  /** It ended in another way before, or never was there. */
  | { readonly kind: 'ended'; readonly as: CancellationErrorType };

export interface Cancelled {
  readonly request: SignatureRequestView;
  readonly outcome: CancelOutcome;
}

/** So long, in seconds, a client is kept waiting for an outcome: below the 30 seconds that clients and the gateway allow. */
export const longestWait = 20;

/** The same, however often it is called: a request that has ended is no other thing when it is asked for again. */
export const cancelAndWait = async (requests: Requests, id: string, wish: Wish): Promise<Cancelled> => {
  try {
    return withOutcome(await requests.cancel(id, wish, longestWait));
  } catch (error) {
    const ended = endedIn(error);
    if (ended === null) throw error;
    return withOutcome(ended);
  }
};

const withOutcome = (request: SignatureRequestView): Cancelled => ({ request, outcome: outcomeOf(request) });

const outcomeOf = ({ status, cancellation }: SignatureRequestView): CancelOutcome => {
  if (status === 'cancelled') return { kind: 'cancelled' };
  switch (cancellation?.state) {
    case 'confirmed':
      return { kind: 'cancelled' };
    case 'queued':
    case 'submitted':
      return { kind: 'pending' };
    case 'failed':
      return { kind: 'given_up' };
    case 'rejected':
      return { kind: 'ended', as: cancellation.error?.type ?? 'already-ended' };
    case undefined:
      return { kind: 'ended', as: endOf(status) };
  }
};

const endOf = (status: SignatureRequestView['status']): CancellationErrorType => {
  switch (status) {
    case 'signed':
    case 'finalizing':
      return 'already-signed';
    case 'declined':
      return 'already-declined';
    case 'expired':
      return 'already-expired';
    default:
      return 'already-ended';
  }
};

/** The API's refusal has the request among its members. */
const endedIn = (error: unknown): SignatureRequestView | null =>
  error instanceof Problem && error.type === 'not-cancellable' ? requestIn(error) : null;
