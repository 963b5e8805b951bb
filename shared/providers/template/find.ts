/** `GET /signature_requests?reference=…`: what was created with our id, and nothing else. */
import * as z from 'zod/mini';
import type { ProviderRequestId } from '../../domain/ids.ts';
import type { AccountOptions } from '../account-options.ts';
import type { FindSide } from '../creation.ts';
import { errorFrom, postponement } from '../http-status.ts';
import { readJson } from '../json.ts';
import { detailsOf } from './details.ts';
import { codeIn, type ExampleSignCredentials, headersFor, signatureRequest, statusNamed } from './request.ts';

export const find: FindSide<ExampleSignCredentials, AccountOptions> = {
  request: ({ id }, _attemptedAt, connection) => ({
    method: 'GET',
    url: `${connection.baseUrl}/signature_requests?reference=${id}`,
    headers: headersFor(connection),
  }),

  classify(response, { id }) {
    const found = response.status === 200 ? readJson(page, response.body) : null;
    if (found === null) {
      const code = codeIn(response);
      const error = errorFrom(response, 'unexpected-answer', code);
      return postponement(response, code) ?? { kind: 'unclear', error };
    }
    const [match, ...others] = found.items.filter(({ reference }) => reference === id);
    if (match === undefined) return { kind: 'absent' };
    if (others.length > 0) return { kind: 'ambiguous', detail: 'Several requests have this reference.' };
    const providerRequestId = match.id as ProviderRequestId;
    return {
      kind: 'found',
      providerRequestId,
      status: statusNamed(match.status),
      details: detailsOf(match),
    };
  },

  settledAfterMs: 5_000,
};

/** An item that cannot be read might be the one that is looked for, so the page must fit as a whole. */
const page = z.object({
  items: z.array(z.looseObject({ ...signatureRequest.shape, reference: z.nullish(z.string()) })),
});
