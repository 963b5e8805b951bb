/** When a request's story is over: its retention begins, and it may be erased. */
import { isFinal, isOpen, isOpenCancellation, type SignatureRequest } from './signature-request.ts';
import { isNotThere, needsPerson } from './waiting.ts';

export const isFinished = (
  request: Pick<
    SignatureRequest,
    'status' | 'cancellation' | 'creation' | 'followed' | 'readError' | 'existed'
  >,
): boolean => {
  const { status, cancellation, followed } = request;
  if (isOpenCancellation(cancellation) || needsPerson(request)) return false;
  if (!isOpen(status) || isNotThere(request) || cancellation?.state === 'rejected') return true;
  return isFinal(cancellation) && !followed;
};
