/**
 * `GET /signature_request/list`: numbered pages, of what Rescind knows. Its own list goes by cursors, so all of it is walked
 * for a page, as far as the bound.
 */
import * as z from 'zod/mini';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import { viewAsDropboxSign } from '../../../shared/http/dropbox-sign-view.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import { invalidField } from '../../../shared/http/problem.ts';
import { readQuery } from '../../../shared/http/query.ts';
import { mostListedBytes } from '../../api/list-requests.ts';
import type { DialectRequest } from '../dialect.ts';
import { isTestAccount } from './test-mode.ts';

export async function listSignatureRequests(incoming: DialectRequest): Promise<Response> {
  const { query, account } = incoming;
  const { page, page_size } = readQuery(query, listQuery);
  const { found, isWhole } = await walk(incoming);
  const num_pages = Math.max(1, Math.ceil(found.length / page_size));
  // What lies beyond the bound is in no page, so an empty one would say that there is nothing.
  if (!isWhole && page > num_pages) throw invalidField('page', `must be at most ${num_pages}`);
  const shown = found.slice((page - 1) * page_size, page * page_size);
  const list_info = { page, page_size, num_pages, num_results: isWhole ? found.length : null };
  const signature_requests = shown.map((request) => viewAsDropboxSign(request, isTestAccount(account)));
  checkSize(signature_requests);
  return { status: 200, body: { list_info, signature_requests } };
}

/** A numbered page cannot be cut short, as one with a cursor can. One request always fits. */
const checkSize = (requests: readonly object[]): void => {
  if (Buffer.byteLength(JSON.stringify(requests)) <= mostListedBytes) return;
  throw invalidField('page_size', 'must be smaller: so many signers do not fit into one answer');
};

const number = (most: number, usual: number) =>
  z._default(
    z.pipe(
      z
        .string()
        .check(
          z.refine(
            (text) => /^[1-9]\d{0,5}$/.test(text) && Number(text) <= most,
            `must be a whole number from 1 to ${most}`,
          ),
        ),
      z.transform(Number),
    ),
    usual,
  );
/** One account answers, so only its own can be asked for; and Rescind has no search. */
const empty = (message: string) => z.optional(z.string().check(z.refine((text) => text === '', message)));

const listQuery = z.strictObject({
  page: number(100_000, 1),
  page_size: number(100, 20),
  account_id: empty('is not supported: the list is that of the account whose address this is'),
  query: empty('is not supported: Rescind has no search'),
});

const mostListed = 1_000;
/** Of the list, which looks at 200 requests of the tenant for each at most. */
const mostCalls = 50;
/** Kept of the function's time for one call more and the answer. */
const reserveMs = 10_000;

interface Walked {
  /** Newest first. */
  readonly found: readonly SignatureRequestView[];
  readonly isWhole: boolean;
}

const walk = async ({
  requests,
  remainingMs,
}: Pick<DialectRequest, 'requests' | 'remainingMs'>): Promise<Walked> => {
  const found: SignatureRequestView[] = [];
  let cursor: string | undefined;
  for (let calls = 0; calls < mostCalls && found.length < mostListed; calls += 1) {
    if (remainingMs() < reserveMs) break;
    const { items, nextCursor } = await requests.list({ limit: 100, cursor });
    found.push(...items.filter(isListed));
    if (nextCursor === null) return { found, isWhole: true };
    cursor = nextCursor;
  }
  return { found: found.slice(0, mostListed), isWhole: false };
};

/** Cancelled ones are in no list of Dropbox Sign (inferred); of what was never read there is nothing to show. */
const isListed = ({ status }: SignatureRequestView): boolean =>
  status !== 'cancelled' && status !== 'unknown';
