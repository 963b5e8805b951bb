/**
 * Looks for our id in the metadata of the account's requests: `GET /signature_request/list`, first by a search, whose
 * index lags behind (documented), then without one among those made since the call. Only an equal id in the answer counts.
 */
import * as z from 'zod/mini';
import { type Instant, type ProviderRequestId, providerRequestIdPattern } from '../../domain/ids.ts';
import type { ApiKeyCredentials } from '../api-key.ts';
import type { FindSide } from '../creation.ts';
import { errorFrom } from '../http-status.ts';
import { readJson } from '../json.ts';
import type { ProviderRequest } from '../provider.ts';
import { inSmallerPages } from '../smaller-pages.ts';
import { type DropboxSignOptions, errorName, headersFor, postponed } from './request.ts';
import { type SeenRequest, seenOf } from './signature-request.ts';

export const find: FindSide<ApiKeyCredentials, DropboxSignOptions> = {
  request: ({ id }, _attemptedAt, connection) => ({
    method: 'GET',
    url: `${connection.baseUrl}/signature_request/list?page=1&page_size=${pageSize}&query=metadata:${id}`,
    headers: headersFor(connection),
  }),

  classify(response, { id }, attemptedAt, request) {
    const smaller = inSmallerPages(response, request, 'page_size', 'page');
    if (smaller !== null) return smaller;
    const listed = response.status === 200 ? readJson(page, response.body) : null;
    const error = errorFrom(response, 'unexpected-answer', errorName(response));
    if (listed === null) return postponed(response) ?? { kind: 'unclear', error };
    const matches = new Map<ProviderRequestId, SeenRequest>();
    for (const entry of listed.signature_requests) {
      const mark = marked.safeParse(entry);
      if (!mark.success || mark.data.metadata.rescind_id !== id) continue;
      const seen = seenOf(entry);
      // It is there, but cannot be told: neither found nor absent.
      if (!seen?.id || !providerRequestIdPattern.test(seen.id)) return { kind: 'unclear', error };
      matches.set(seen.id as ProviderRequestId, seen);
    }
    const [match] = matches;
    if (matches.size > 1) {
      return { kind: 'ambiguous', detail: `Dropbox Sign has ${matches.size} requests with this id.` };
    }
    if (match !== undefined) {
      const [providerRequestId, { status, details }] = match;
      return { kind: 'found', providerRequestId, status: status ?? 'unknown', details };
    }
    const next = nextPage(request, listed, attemptedAt);
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

/** Read on its own: whatever else an entry holds, it is ours. */
const marked = z.object({ metadata: z.object({ rescind_id: z.string() }) });

/** In Unix seconds (documented). */
const timed = z.object({ created_at: z.number() });

/** Between Dropbox Sign's clock and ours. */
const clockSkewMs = 60_000;

/**
 * All pages of the search, then those without it until one has a request from before the call, as the latest are listed
 * first (assumed): a search that does not find what is there is no proof (inferred).
 */
const nextPage = (
  request: ProviderRequest,
  { list_info, signature_requests: entries }: z.output<typeof page>,
  attemptedAt: Instant,
): ProviderRequest | null => {
  const url = new URL(request.url);
  const { searchParams } = url;
  const isSearch = searchParams.has('query');
  const number = Number(searchParams.get('page') ?? 1);
  const pages = list_info?.num_pages;
  const isLast = pages ? number >= pages : entries.length < Number(searchParams.get('page_size'));
  const isBefore = (entry: unknown): boolean => {
    const { success, data } = timed.safeParse(entry);
    return success && data.created_at * 1_000 < attemptedAt - clockSkewMs;
  };
  if (!isLast && (isSearch || !entries.some(isBefore))) searchParams.set('page', String(number + 1));
  else if (isSearch) {
    searchParams.delete('query');
    searchParams.set('page', '1');
  } else return null;
  return { ...request, url: url.href };
};
