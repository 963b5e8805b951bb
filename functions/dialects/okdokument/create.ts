/**
 * `POST /JSON/signatureRequest`. OKdokument knows no signers: whoever opens the link signs. The link is a sign link of
 * Rescind's, which closes as soon as a deletion is asked for.
 */
import * as z from 'zod/mini';
import { readBody } from '../../../shared/http/body.ts';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import { invalidField } from '../../../shared/http/problem.ts';
import { longestWait } from '../cancel-outcome.ts';
import type { DialectRequest } from '../dialect.ts';
import { withFieldNames } from '../field-names.ts';
import { answer } from './errors.ts';
import { callbackNotTaken, notTaken } from './not-taken.ts';
import { creationKey, uuidPattern } from './request-id.ts';

const fileData = z.strictObject({
  content: notTaken('cannot be sent in a body: send filedata.url, or the id of a document'),
  /** Rescind's own: where the file is fetched from. */
  url: z.string(),
  filename: z.optional(z.string()),
  state: z._default(z.literal('tosign'), 'tosign'),
});

const createBody = z.strictObject({
  filedata: z.optional(fileData),
  id: z.optional(z.string()),
  changeState: z.optional(z.literal('tosign')),
  signatureRequestId: z.optional(z.string().check(z.regex(uuidPattern, 'must be a UUID'))),
  resulturl: z.optional(z.string()),
  sendInfoURL: callbackNotTaken,
  expirationTime: notTaken('has no counterpart: POST /v1/signature_requests takes days_valid'),
  allowedFields: notTaken('has no counterpart'),
  rules: notTaken('has no counterpart'),
});
type CreateBody = z.output<typeof createBody>;

/** The names that a client has for what the API refuses. */
const names = {
  name: 'filedata.filename',
  source_files: 'filedata',
  'source_files.0.url': 'filedata.url',
  'source_files.0.id': 'id',
  redirect_url: 'resulturl',
};

export const createSignatureRequest = async (request: DialectRequest): Promise<Response> => {
  const { requests } = request;
  const body = readBody(request, createBody);
  const { signatureRequestId } = body;
  const key = signatureRequestId === undefined ? undefined : creationKey(requests, signatureRequestId);
  const made = await withFieldNames(names, requests.create(wantedIn(body), key, longestWait));
  const id = signatureRequestId ?? made.provider_request_id ?? made.id;
  const { state } = made.creation ?? { state: 'sent' };
  switch (state) {
    case 'sent':
    // Durable, and not at the provider yet: the link says so, too.
    case 'queued':
      return { status: 200, body: { message: 'msg.created', result: id, url: linkTo(made) } };
    case 'failed':
      return answer(400, 'err.signature.request.not.created', made.creation?.error?.detail ?? id);
    case 'undecided':
      return answer(500, 'err.signature.request.create.unknown', id);
  }
};

const wantedIn = ({ filedata, id, resulturl }: CreateBody): Readonly<Record<string, unknown>> => ({
  signers: [{}],
  source_files: [sourceOf(filedata, id)],
  ...(filedata?.filename !== undefined && { name: filedata.filename }),
  ...(resulturl !== undefined && { redirect_url: resulturl }),
});

const sourceOf = (filedata: CreateBody['filedata'], id: string | undefined): object => {
  if (filedata !== undefined && id !== undefined)
    throw invalidField('id', 'cannot be together with filedata');
  if (filedata !== undefined) return { url: filedata.url };
  if (id === undefined) throw invalidField('filedata', 'is required, or the id of a document');
  return { type: 'file', id };
};

/** @returns null where none is known: of a request that was made elsewhere */
export const linkTo = ({ signers }: SignatureRequestView): string | null =>
  signers.find(({ sign_url }) => sign_url !== null)?.sign_url ?? null;
