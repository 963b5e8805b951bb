/**
 * Looks for our id in the metadata of the account's requests: `GET /signature_request/list`, first by a search, whose
 * index lags behind (documented), then among the latest without one. Only an equal id in the answer counts.
 */
import * as z from 'zod/mini';
import { type ProviderRequestId, providerRequestIdPattern } from '../../domain/ids.ts';
import type { ApiKeyCredentials } from '../api-key.ts';
import type { FindSide } from '../creation.ts';
import { errorFrom } from '../http-status.ts';
import { readJson } from '../json.ts';
import type { ProviderRequest } from '../provider.ts';
import { type DropboxSignOptions, errorName, headersFor, postponed } from './request.ts';
import { seenOf } from './signature-request.ts';

export const find: FindSide<ApiKeyCredentials, DropboxSignOptions> = {
  request: ({ id }, _attemptedAt, connection) => ({
    method: 'GET',
    url: `${connection.baseUrl}/signature_request/list?page=1&page_size=${pageSize}&query=metadata:${id}`,
    headers: headersFor(connection),
  }),

  classify(response, { id }, _attemptedAt, request) {
    const listed = response.status === 200 ? readJson(page, response.body) : null;
    if (listed === null) {
      const error = errorFrom(response, 'unexpected-answer', errorName(response));
      return postponed(response) ?? { kind: 'unclear', error };
    }
    const matches = new Map(
      listed.signature_requests.flatMap((entry) => {
        const seen = seenOf(entry);
        if (seen?.rescindId !== id || !seen.id || !providerRequestIdPattern.test(seen.id)) return [];
        return [[seen.id as ProviderRequestId, seen]];
      }),
    );
    const [match] = matches;
    if (matches.size > 1) {
      return { kind: 'ambiguous', detail: `Dropbox Sign has ${matches.size} requests with this id.` };
    }
    if (match !== undefined) {
      const [providerRequestId, { status, details }] = match;
      return { kind: 'found', providerRequestId, status: status ?? 'unknown', details };
    }
    const next = nextPage(request, listed.list_info?.num_pages ?? 1);
    return next === null ? { kind: 'absent' } : { kind: 'follow', request: next };
  },

  // How far the index lags behind is not documented (assumed).
  settledAfterMs: 600_000,
};

/** An answer is read up to 1 MB, and each request in it has all its signatures. */
const pageSize = 20;

const page = z.object({
  list_info: z.nullish(z.object({ num_pages: z.nullish(z.number()) })),
  signature_requests: z.array(z.unknown()),
});

/** All pages of the search, then one page without it: a search that does not find what is there is no proof (inferred). */
const nextPage = (request: ProviderRequest, pages: number): ProviderRequest | null => {
  const url = new URL(request.url);
  const { searchParams } = url;
  if (!searchParams.has('query')) return null;
  const number = Number(searchParams.get('page'));
  if (number < pages) searchParams.set('page', String(number + 1));
  else {
    searchParams.delete('query');
    searchParams.set('page', '1');
  }
  return { ...request, url: url.href };
};
