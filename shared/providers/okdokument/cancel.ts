/** `DELETE /signatureRequest/{id}`: synchronous, without a reason. */
import type { CancelAnswer } from '../../domain/answers.ts';
import type { ApiKeyCredentials } from '../api-key.ts';
import { errorFrom, postponement } from '../http-status.ts';
import type { Exchange } from '../provider.ts';
import { headersFor, lastSegment, messageIn, notExist, type OkdokumentOptions } from './request.ts';

export const cancel: Exchange<ApiKeyCredentials, OkdokumentOptions, CancelAnswer> = {
  request: ({ providerRequestId }, connection) => ({
    method: 'DELETE',
    url: `${connection.baseUrl}/signatureRequest/${providerRequestId}`,
    headers: headersFor(connection),
  }),

  classify(response, memory, { url }) {
    const answer = messageIn(response);
    const isAboutIt = (answer?.about ?? lastSegment(url)) === lastSegment(url);
    const message = isAboutIt ? answer?.message : undefined;
    if (response.status === 200 && message === 'msg.deleted') return { kind: 'confirmed', status: 'deleted' };
    if (response.status === 400 && message === notExist) {
      // It is gone by our own lost call or by somebody else's: what was asked for is so. If it was never seen, it may
      // as well never have been there, or be under another key or in the other region.
      if (memory.existed) return { kind: 'confirmed', status: 'deleted' };
      return { kind: 'undecidable', error: errorFrom(response, 'outcome-unknown', notExist) };
    }
    const postponed = postponement(response, answer?.message ?? null);
    if (postponed !== null) return postponed;
    const isRefusal = response.status >= 400;
    const error = errorFrom(response, isRefusal ? 'refused' : 'unexpected-answer', answer?.message ?? null);
    return { kind: 'unclear', mayHaveActed: !isRefusal, error };
  },
};
