/** What a hint allows: the first step that dispatch takes for it. */
import type { Instant } from './ids.ts';
import { isOpen, isOpenCancellation, type SignatureRequest } from './signature-request.ts';
import type { HintCause } from './transition.ts';

export interface Hint {
  /** The version that the hint was written for. */
  readonly version: number;
  readonly cause: HintCause;
}

/**
 * `send`: call cancel without a look and without a claim. `look`: read the status first; `lone` is passed on to the
 * machine. `nothing`: somebody else has done it, or its time has not come.
 */
export type FirstStep =
  | { readonly type: 'send' }
  | { readonly type: 'look'; readonly lone: boolean }
  | { readonly type: 'nothing' };

/**
 * Only the hint of the request that wrote the wish may send at once, at its first receipt, and only if nothing has
 * happened since: everything else looks first, because a crash between the provider's act and our write is invisible.
 * @param receives how often the message has been received, this time included
 */
export const firstStep = (
  request: SignatureRequest,
  hint: Hint,
  receives: number,
  looksFirst: boolean,
  now: Instant,
): FirstStep => {
  const current = request.cancellation;
  if (!isOpenCancellation(current)) {
    const open = current === null ? isOpen(request.status) : current.state === 'failed';
    return open && hint.cause === 'webhook' ? { type: 'look', lone: false } : { type: 'nothing' };
  }
  const untouched = current.sent === 'no' && !current.inFlight && current.attempts === 0;
  if (hint.cause === 'new' && untouched) {
    const lone = receives === 1 && hint.version === request.version;
    return lone && !looksFirst ? { type: 'send' } : { type: 'look', lone };
  }
  const asked = hint.cause === 'webhook' || (hint.cause === 'retry' && hint.version === request.version);
  const due = request.dueAt === null || now >= request.dueAt;
  return asked || due ? { type: 'look', lone: false } : { type: 'nothing' };
};
