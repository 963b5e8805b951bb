/** `GET /v1/signature_requests`: a tenant's requests, newest first. */
import type { Tenant } from '../../shared/domain/ids.ts';
import type { SignatureRequest } from '../../shared/domain/signature-request.ts';
import { type ListQuery, listQuery } from '../../shared/http/contract/requests.ts';
import { fromCursor, toCursor } from '../../shared/http/cursor.ts';
import type { Request, Response } from '../../shared/http/exchange.ts';
import { readQuery } from '../../shared/http/query.ts';
import { showRequest } from './find-request.ts';
import type { ApiPorts } from './ports.ts';

/** A filter looks at no more requests than this in one call; the page is short then, and `next_cursor` goes on. */
const mostExamined = 200;

/** A function may answer 6 MB, in which every quotation mark counts twice. */
export const mostListedBytes = 3_000_000;

interface Page {
  readonly found: readonly { readonly request: SignatureRequest; readonly position: string }[];
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
}

export const listSignatureRequests =
  (ports: ApiPorts) =>
  async ({ caller, query }: Request<'listSignatureRequests'>): Promise<Response> => {
    const wanted = readQuery(query, listQuery);
    const before = wanted.cursor === undefined ? null : fromCursor(wanted.cursor);
    const { found, next } = await collect(ports, caller.tenant, wanted, before);
    const shown = await Promise.all(found.map(({ request }) => showRequest(ports, request)));
    const items = shown.slice(0, howManyFit(shown));
    const end = items.length < shown.length ? (found[items.length - 1]?.position ?? null) : next;
    return { status: 200, body: { items, next_cursor: end && toCursor(end) } };
  };

/** The first always does. */
const howManyFit = (shown: readonly object[]): number => {
  let bytes = 0;
  const firstBeyond = shown.findIndex((item, at) => {
    bytes += Buffer.byteLength(JSON.stringify(item));
    return at > 0 && bytes > mostListedBytes;
  });
  return firstBeyond === -1 ? shown.length : firstBeyond;
};

const collect = async (
  { requests }: ApiPorts,
  tenant: Tenant,
  wanted: ListQuery,
  before: string | null,
): Promise<Page> => {
  const found: Page['found'][number][] = [];
  let next = before;
  for (let examined = 0; examined < mostExamined; ) {
    const limit = Math.min(wanted.limit, mostExamined - examined);
    const page = await requests.list(tenant, { limit, before: next });
    const read = await Promise.all(page.ids.map(({ id }) => requests.get(tenant, id)));
    for (const [index, request] of read.entries()) {
      const position = page.ids[index]?.position;
      if (position === undefined) continue;
      next = position;
      if (request !== null && fits(request, wanted)) found.push({ request, position });
      if (found.length === wanted.limit) return { found, next: isLast(page, index) ? null : next };
    }
    if (page.next === null) return { found, next: null };
    next = page.next;
    examined += limit;
  }
  return { found, next };
};

const isLast = (
  page: { readonly ids: readonly unknown[]; readonly next: string | null },
  index: number,
): boolean => page.next === null && index === page.ids.length - 1;

const fits = ({ accountId, status, cancellation }: SignatureRequest, wanted: ListQuery): boolean =>
  (wanted.account_id === undefined || wanted.account_id === accountId) &&
  (wanted.status === undefined || wanted.status === status) &&
  (wanted.cancellation_state === undefined || wanted.cancellation_state === cancellation?.state);
