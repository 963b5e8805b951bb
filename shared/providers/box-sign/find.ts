/**
 * `GET /sign_requests`, page by page: it has no filter (documented), and in which order it lists is not. It lists the
 * requests of the same user alone, and leaves out those whose files or folder were deleted (documented).
 */
import * as z from 'zod/mini';
import { type ProviderRequestId, providerRequestIdPattern } from '../../domain/ids.ts';
import type { FindSide } from '../creation.ts';
import { errorFrom } from '../http-status.ts';
import { readJson } from '../json.ts';
import { inSmallerPages } from '../smaller-pages.ts';
import type { BoxSignCredentials, BoxSignOptions } from './credentials.ts';
import { detailsOf } from './details.ts';
import { codeIn, headersFor, postponed, statusNamed } from './request.ts';

export const find: FindSide<BoxSignCredentials, BoxSignOptions> = {
  request: (_target, _attemptedAt, connection) => ({
    method: 'GET',
    // A page of a hundred mostly fits into what is read of an answer; 1000 could be asked for (documented).
    url: `${connection.baseUrl}/sign_requests?limit=100`,
    headers: headersFor(connection),
  }),

  classify(response, { id, wanted: { external_id: given } }, attemptedAt, request) {
    const smaller = inSmallerPages(response, request, 'limit', 'marker');
    if (smaller !== null) return smaller;
    const listed = response.status === 200 ? readJson(page, response.body) : null;
    if (listed === null) {
      const error = errorFrom(response, 'unexpected-answer', codeIn(response));
      return postponed(response) ?? { kind: 'unclear', error };
    }
    const [match, ...others] = listed.entries.filter(({ external_id, created_at }) =>
      given
        ? external_id === given && !(Date.parse(created_at ?? '') < attemptedAt - clockSkewMs)
        : external_id === id,
    );
    if (match !== undefined) {
      // Our own id is on what we made alone; the client's may be on what somebody else made.
      if (given || others.length > 0) return { kind: 'ambiguous', detail: detailOf([match, ...others]) };
      const providerRequestId = match.id as ProviderRequestId;
      return {
        kind: 'found',
        providerRequestId,
        status: statusNamed(match.status),
        details: detailsOf(match),
      };
    }
    // The end is told by null, or by an empty text (documented).
    const { next_marker: marker } = listed;
    if (!marker) return { kind: 'absent' };
    const next = new URL(request.url);
    next.searchParams.set('marker', marker);
    return { kind: 'follow', request: { ...request, url: next.href } };
  },

  // How soon a new request is listed is not documented (assumed).
  settledAfterMs: 60_000,
};

const detailOf = (candidates: readonly { readonly id: string }[]): string =>
  `Box Sign has requests with this external_id: ${candidates.map(({ id }) => id).join(', ')}.`;

/** Between Box's clock, which `created_at` is from, and ours. */
const clockSkewMs = 60_000;

/** An entry that cannot be read might be the one that is looked for, so the page must fit as a whole. */
const page = z.object({
  entries: z.array(
    z.looseObject({
      id: z.string().check(z.regex(providerRequestIdPattern)),
      status: z.string(),
      external_id: z.nullish(z.string()),
      created_at: z.nullish(z.string()),
    }),
  ),
  next_marker: z.nullish(z.string()),
});
