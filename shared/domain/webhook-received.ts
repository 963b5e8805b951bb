/** What a provider's webhook does: it proves a cancellation that we have sent, or has somebody look. */
import type { Notice } from './answers.ts';
import { hintedAt, isNews, lookIntervalMs } from './follow.ts';
import { settle } from './settle.ts';
import { isFinal, isOpenCancellation, isQueuedCreation, type SignatureRequest } from './signature-request.ts';
import { type Context, type Decision, transition, unchanged } from './transition.ts';
import { mayBeLookedAt } from './waiting.ts';

export const webhookReceived = (
  request: SignatureRequest,
  notice: Pick<Notice, 'claim' | 'trust'>,
  context: Context,
): Decision => {
  const current = request.cancellation;
  // Its id is not written yet: whoever writes it reads it then.
  if (isQueuedCreation(request.creation)) {
    return request.hintedAt === null
      ? transition(request, { hintedAt: context.now }, null, context.now)
      : unchanged(request);
  }
  if (isFinal(current) && !mayBeLookedAt(request)) return unchanged(request);
  if (current === null && !mayBeLookedAt(request)) return unchanged(request);
  if (
    notice.trust === 'proof' &&
    notice.claim?.status === 'cancelled' &&
    current !== null &&
    !isFinal(current)
  ) {
    const evidence = { kind: 'webhook', status: 'cancelled', at: context.now } as const;
    const sent = current.sent !== 'no' || (isOpenCancellation(current) && current.inFlight);
    if (sent) return settle.confirmed(request, current, evidence, 'cancelled', context);
    // Our own call may be on its way, its answer not yet written: the proof waits for it.
    if (isOpenCancellation(current)) {
      return current.keptProof !== null
        ? unchanged(request)
        : transition(
            request,
            { cancellation: { ...current, keptProof: evidence } },
            { type: 'proof_kept', evidence },
            context.now,
          );
    }
  }
  return isOpenCancellation(current)
    ? hinted(request, notice.claim, context)
    : hintedAt(request, notice.claim, context);
};

/** Remembers what was claimed and has somebody look, once a minute at most. */
const hinted = (request: SignatureRequest, claim: Notice['claim'], context: Context): Decision => {
  const recently = context.now - (request.hintedAt ?? 0) < lookIntervalMs;
  const news = isNews(request, claim);
  if (recently && !news) return unchanged(request);
  return transition(
    request,
    { hintedAt: context.now, claim: news ? claim : request.claim },
    { type: 'hinted' },
    context.now,
    ...(recently ? [] : [{ type: 'hint', cause: 'webhook', delayMs: 0 } as const]),
  );
};
