/** `GET /2.0/sign_requests`: those of the account that Rescind knows, newest first, from marker to marker. */
import * as z from 'zod/mini';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import { readQuery } from '../../../shared/http/query.ts';
import type { DialectRequest } from '../dialect.ts';
import { signRequestOf } from './sign-request.ts';

/** Of one page here. Box has up to 1000, and tells in the answer which limit was used, as this does. */
const longestPage = 100;

const unknownHere = z.string().check(z.refine(() => false, 'is not known here: leave it out'));

const listQuery = z.strictObject({
  limit: z._default(
    z.pipe(
      z.string().check(z.regex(/^([1-9]\d{0,2}|1000)$/, 'must be a whole number from 1 to 1000')),
      z.transform((text) => Math.min(Number(text), longestPage)),
    ),
    longestPage,
  ),
  marker: z.optional(z.string()),
  /** Markers are all there is. */
  usemarker: z.optional(z.literal('true')),
  /** Requests of others, which the account only collaborates on. */
  shared_requests: z.optional(z.literal('false')),
  senders: z.optional(unknownHere),
});

export const listSignRequests = async ({ requests, query }: DialectRequest): Promise<Response> => {
  const { limit, marker } = readQuery(query, listQuery);
  // Box takes 0 for the beginning (documented).
  const cursor = marker === '' || marker === '0' ? undefined : marker;
  const { items, nextCursor } = await requests.list({ limit, cursor });
  const entries = items.filter(isThere).map(signRequestOf);
  return { status: 200, body: { limit, next_marker: nextCursor, entries } };
};

/** What was asked for, and found not to be at Box, is in no list of its own. */
const isThere = ({ status, read_error, cancellation }: SignatureRequestView): boolean =>
  status !== 'unknown' || ![read_error?.type, cancellation?.error?.type].includes('not-found');
