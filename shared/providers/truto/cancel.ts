/** `POST /unified/e-signature/workflows/cancel`: cancels the Ironclad workflow (inferred), not only its packet. */
import type { CancelAnswer } from '../../domain/answers.ts';
import { errorFrom } from '../http-status.ts';
import type { Exchange } from '../provider.ts';
import { postponed, wordsIn } from './errors.ts';
import { headersFor, type TrutoCredentials, type TrutoOptions, urlOf, workflowsPath } from './request.ts';

export const cancel: Exchange<TrutoCredentials, TrutoOptions, CancelAnswer> = {
  request: ({ providerRequestId, reason, remoteData, idempotencyKey }, connection) => ({
    method: 'POST',
    url: urlOf(connection, `${workflowsPath}/cancel`),
    headers: {
      ...headersFor(connection),
      'content-type': 'application/json',
      // A new one for each call: failures may be replayed under their key (assumed). That it covers this call is inferred.
      'idempotency-key': idempotencyKey,
    },
    body: JSON.stringify({
      id: providerRequestId,
      message: reason,
      ...(remoteData !== null && { remote_data: remoteData }),
    }),
  }),

  classify(response) {
    const { status } = response;
    // Whatever the body: bare, wrapped or none. The documented status has no word for "cancelled".
    if (status >= 200 && status < 300) return { kind: 'accepted' };
    if (definiteRefusals.has(status)) {
      const error = errorFrom(response, status === 404 ? 'not-found' : 'refused', wordsIn(response));
      return { kind: 'unclear', mayHaveActed: false, error };
    }
    const delay = postponed(response);
    if (delay !== null && (delay.kind === 'refused' || status === 429)) return delay;
    // Truto failed, or got no clean answer (documented): Ironclad may have cancelled all the same.
    const error = delay?.error ?? errorFrom(response, 'unexpected-answer', wordsIn(response));
    return { kind: 'unclear', mayHaveActed: true, error };
  },
};

/** The request may be the reason; of a workflow that cannot be cancelled any more nothing is documented. */
const definiteRefusals: ReadonlySet<number> = new Set([400, 404, 409, 422]);
