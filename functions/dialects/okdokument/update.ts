/** `PATCH /JSON/signatureRequest`: what it could change is Rescind's own matter; it says whether the request is there. */
import * as z from 'zod/mini';
import { readBody } from '../../../shared/http/body.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import type { DialectRequest } from '../dialect.ts';
import { linkTo } from './create.ts';
import { notThere } from './errors.ts';
import { findOpen } from './find-open.ts';
import { callbackNotTaken, notTaken } from './not-taken.ts';

const updateBody = z.strictObject({
  signatureRequestId: z.string(),
  /** The vendor's page spells it both ways. */
  sendInfoURL: callbackNotTaken,
  sendInfoUrl: callbackNotTaken,
  resulturl: notTaken('cannot be changed: give it when you create the request'),
});

export const updateSignatureRequest = async (request: DialectRequest): Promise<Response> => {
  const { requests } = request;
  const { signatureRequestId: given } = readBody(request, updateBody);
  const known = await findOpen(requests, given);
  if (known === null) return notThere(given);
  const url = linkTo(known);
  return { status: 200, body: { message: 'msg.updated', result: given, ...(url !== null && { url }) } };
};
