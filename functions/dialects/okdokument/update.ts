/** `PATCH /JSON/signatureRequest`: what it could change is Rescind's own matter; it says whether the request is there. */
import * as z from 'zod/mini';
import { readBody } from '../../../shared/http/body.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import type { DialectRequest } from '../dialect.ts';
import { withFieldNames } from '../field-names.ts';
import { linkTo } from './create.ts';
import { notThere } from './errors.ts';
import { notTaken } from './not-taken.ts';
import { isThere, readWait } from './open.ts';
import { knownId } from './request-id.ts';

const callback = notTaken(
  'is set by Rescind: have events sent to your app instead (PUT /v1/webhook_endpoints)',
);

const updateBody = z.strictObject({
  signatureRequestId: z.string(),
  /** The vendor's page spells it both ways. */
  sendInfoURL: callback,
  sendInfoUrl: callback,
  resulturl: notTaken('cannot be changed: give it when you create the request'),
});

export const updateSignatureRequest = async (request: DialectRequest): Promise<Response> => {
  const { requests } = request;
  const { signatureRequestId: given } = readBody(request, updateBody);
  const id = await knownId(requests, given);
  const names = { provider_request_id: 'signatureRequestId' };
  const known = await withFieldNames(names, requests.read(id, readWait));
  if (!isThere(known)) return notThere(given);
  const url = linkTo(known);
  return { status: 200, body: { message: 'msg.updated', result: given, ...(url !== null && { url }) } };
};
