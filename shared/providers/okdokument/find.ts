/**
 * Looks at the signer's link, `GET /openDocument/{id}`, under the id that we chose: 302 while there is one (documented).
 * 400 is also said of one that was deleted or has expired since (assumed).
 */
import type { ApiKeyCredentials } from '../api-key.ts';
import type { FindSide } from '../creation.ts';
import { errorFrom, postponement } from '../http-status.ts';
import { headersFor, isNotThere, messageIn, type OkdokumentOptions } from './request.ts';
import { uuidOf } from './request-id.ts';

export const find: FindSide<ApiKeyCredentials, OkdokumentOptions> = {
  request: ({ id }, _attemptedAt, connection) => ({
    method: 'GET',
    url: `${connection.baseUrl}/openDocument/${uuidOf(id)}`,
    headers: headersFor(connection),
  }),

  classify(response, { id }, _attemptedAt, { url }) {
    if (response.status === 302) {
      const providerRequestId = uuidOf(id);
      // The link itself is the page that the lost answer would have told (documented).
      return { kind: 'found', providerRequestId, status: 'sent', details: { page: url } };
    }
    const message = messageIn(response)?.message ?? null;
    // The body of this 400 is not documented: none, or the provider's own. A page of a proxy's says nothing of the request.
    const isTheirs = message !== null || response.body?.trim() === '';
    if (isTheirs && isNotThere(response, url)) return { kind: 'absent' };
    const error = errorFrom(response, 'unexpected-answer', message);
    return postponement(response, message) ?? { kind: 'unclear', error };
  },

  // It is looked up by its id, in no index; but a call that timed out here may be carried out over there for a while,
  // with a file of 10 MB to convert. Two minutes are assumed to be enough.
  settledAfterMs: 120_000,
};
