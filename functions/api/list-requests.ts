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

interface Page {
  readonly found: readonly SignatureRequest[];
  /** Where the next page begins; null at the end. */
  readonly next: string | null;
}

export const listSignatureRequests =
  (ports: ApiPorts) =>
  async ({ caller, query }: Request<'listSignatureRequests'>): Promise<Response> => {
    const wanted = readQuery(query, listQuery);
    const before = wanted.cursor === undefined ? null : fromCursor(wanted.cursor);
    const { found, next } = await collect(ports, caller.tenant, wanted, before);
    const items = await Promise.all(found.map((request) => showRequest(ports, request)));
    return { status: 200, body: { items, next_cursor: next && toCursor(next) } };
  };

const collect = async (
  { requests }: ApiPorts,
  tenant: Tenant,
  wanted: ListQuery,
  before: string | null,
): Promise<Page> => {
  const found: SignatureRequest[] = [];
  let next = before;
  for (let examined = 0; examined < mostExamined; ) {
    const limit = Math.min(wanted.limit, mostExamined - examined);
    const page = await requests.list(tenant, { limit, before: next });
    const read = await Promise.all(page.ids.map(({ id }) => requests.get(tenant, id)));
    for (const [index, request] of read.entries()) {
      next = page.ids[index]?.position ?? next;
      if (request !== null && fits(request, wanted)) found.push(request);
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
