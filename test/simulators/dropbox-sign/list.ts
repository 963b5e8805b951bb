/** `GET /signature_request/list`: pages, and a search whose index knows a request only some time after its creation. */
import type { Answer, Call } from '../answer.ts';
import type { SimulatedAccount, SimulatedRequest } from '../world.ts';
import { type DropboxSignWorld, envelopeOf } from './envelope.ts';
import { errorAnswer } from './error-answer.ts';
import { type DropboxSign, isGone } from './requests.ts';
import { signatureRequestObject } from './signature-request.ts';

/** Newest first. */
export const list = ({ world }: DropboxSign, { query, baseUrl }: Call, account: SimulatedAccount): Answer => {
  const [page, page_size] = [Number(query.get('page') ?? 1), Number(query.get('page_size') ?? 20)];
  if (!Number.isInteger(page) || page < 1) return errorAnswer(400, 'bad_request', 'page');
  if (!Number.isInteger(page_size) || page_size < 1 || page_size > 100)
    return errorAnswer(400, 'bad_request', 'page_size');
  const terms = termsOf(query.get('query'));
  if (terms === null) return errorAnswer(400, 'bad_request', 'query');
  const listedBefore = Date.now() - world.value('index_delay_ms');
  const found = world.requests
    .all()
    .filter((request) => request.account === account.id && !isGone(request))
    .filter(({ createdAt }) => createdAt <= listedBefore)
    .filter(
      (request) => world.value('search') === 'ignored' || terms.every((term) => fits(world, request, term)),
    )
    .reverse();
  const list_info = {
    page,
    page_size,
    num_pages: Math.max(1, Math.ceil(found.length / page_size)),
    num_results: found.length,
  };
  const signature_requests = found
    .slice((page - 1) * page_size, page * page_size)
    .map((request) => signatureRequestObject(request, envelopeOf(world, request), baseUrl));
  return { status: 200, body: { list_info, signature_requests } };
};

interface Term {
  readonly field: 'title' | 'metadata' | 'complete' | null;
  readonly value: string;
}

/** `metadata:abc AND complete:false`, of the fields that a search can name those that anybody here does. Null: no such query. */
const termsOf = (query: string | null): readonly Term[] | null => {
  if (query === null || query === '') return [];
  const terms = query
    .split(/ +AND +/)
    .map((term) => /^(?:(title|metadata|complete):)?([^:*\s]\S*)$/.exec(term));
  const parsed = terms.flatMap((match) =>
    match?.[2] === undefined ? [] : [{ field: fieldNamed(match[1]), value: match[2].toLowerCase() }],
  );
  return parsed.length === terms.length ? parsed : null;
};

const fieldNamed = (name: string | undefined): Term['field'] =>
  name === 'title' || name === 'metadata' || name === 'complete' ? name : null;

const fits = (world: DropboxSignWorld, request: SimulatedRequest, { field, value }: Term): boolean => {
  const { metadata } = envelopeOf(world, request);
  const inMetadata = Object.values(metadata).some((one) => String(one).toLowerCase().includes(value));
  const inTitle = request.title.toLowerCase().includes(value);
  if (field === 'complete') return String(request.status === 'signed') === value;
  if (field === null) return inMetadata || inTitle;
  return field === 'metadata' ? inMetadata : inTitle;
};
