/**
 * OKdokument has no read of a signature request. What there is: the signer's link, which redirects while the request
 * lives and answers 400 once it is gone; and the metadata of the document, after a callback has named it.
 */
import * as z from 'zod/mini';
import type { Memory, ReadAnswer } from '../../domain/answers.ts';
import type { Claim, EndedStatus } from '../../domain/signature-request.ts';
import type { ApiKeyCredentials } from '../api-key.ts';
import { errorFrom, postponement } from '../http-status.ts';
import { readJson } from '../json.ts';
import type { Exchange, ProviderResponse } from '../provider.ts';
import {
  headersFor,
  isNotThere,
  lastSegment,
  messageIn,
  notExist,
  type OkdokumentOptions,
} from './request.ts';

const metadataPath = '/document/metadata/';

export const read: Exchange<ApiKeyCredentials, OkdokumentOptions, ReadAnswer> = {
  request: ({ providerRequestId }, connection, { claim }) => ({
    method: 'GET',
    url: `${connection.baseUrl}${claim?.ref ? metadataPath + claim.ref : `/openDocument/${providerRequestId}`}`,
    headers: headersFor(connection),
  }),

  classify: (response, memory, { url }) =>
    (url.includes(metadataPath) ? documentState : linkState)(response, memory, url) ??
    postponement(response, messageIn(response)?.message ?? null) ?? {
      kind: 'unclear',
      error: errorFrom(response, 'unexpected-answer', messageIn(response)?.message ?? null),
    },
};

/**
 * 302: alive (documented). The link is then the page to sign on, as in `find.ts`, unless the request was known to be there:
 * its creation told a page, or an earlier look did. The signer's doings are known from a callback.
 */
const linkState = (response: ProviderResponse, memory: Memory, url: string): ReadAnswer | null => {
  if (response.status === 302) {
    const details = { page: url };
    return { kind: 'status', status: 'sent', ...(memory.followed && !memory.existed && { details }) };
  }
  if (!isNotThere(response, url)) return null;
  // As with a later `not.exist`: it was there and is not any more, by our call or by somebody else's.
  if (memory.existed) return { kind: 'proof', status: 'deleted', requestStatus: 'cancelled' };
  const error = errorFrom(response, 'outcome-unknown', notExist);
  return memory.sent === 'no'
    ? { kind: 'ended', as: 'not_found', detail: error.detail }
    : { kind: 'undecidable', error };
};

const metadata = z.object({ state: z.string(), id: z.optional(z.string()) });

/** Settles what an unsigned callback claimed. 404: no such document, or kept no longer (10 days when signed). */
const documentState = (response: ProviderResponse, memory: Memory, url: string): ReadAnswer | null => {
  if (response.status === 404) return { kind: 'claim_refuted' };
  const found = response.status === 200 ? readJson(metadata, response.body) : null;
  const id = lastSegment(url);
  if (found === null || (found.id ?? id) !== id) return null;
  const ended = endOf(found.state, memory.claim);
  if (ended === null) return { kind: 'claim_refuted' };
  // There is one signer, whom the provider does not know by name.
  const details = { signers: [{ status: ended }] };
  return { kind: 'status', status: ended, ...(memory.followed && { details }) };
};

const endOf = (state: string, claim: Claim | null): Extract<EndedStatus, 'signed' | 'declined'> | null => {
  switch (state) {
    case 'signed':
      return 'signed';
    case 'canceled':
      // By the signer, who pressed Cancel. A cancellation of ours never shows here.
      return 'declined';
    case 'errorsendinfo':
      // A callback could not be delivered, and only an end is called back (inferred). Which end, the callback said.
      // Stryker disable next-line OptionalChaining: equivalent, a document is only read for a claim.
      return claim?.status === 'declined' ? 'declined' : 'signed';
    default:
      return null;
  }
};
