/** `POST /signature_request/remind/{id}`: one signer, named by address, and by name where two share one. */
import * as z from 'zod/mini';
import type { Response } from '../../../shared/http/exchange.ts';
import type { DialectRequest } from '../dialect.ts';
import { errorAnswer } from './errors.ts';
import { readFields } from './fields.ts';
import { goneAnswer, longestRead } from './read.ts';
import { shown } from './shown.ts';

/** In seconds, for Dropbox Sign's answer to the reminder. */
const longestReminder = 10;

const remindBody = z.strictObject({ email_address: z.string(), name: z.optional(z.string()) });

export async function remindSigner(incoming: DialectRequest): Promise<Response> {
  const { requests, parameters, account } = incoming;
  const { email_address, name } = await readFields(incoming, remindBody);
  const request = await requests.read(parameters['signature_request_id'] ?? '', longestRead);
  const gone = goneAnswer(request);
  if (gone !== null) return gone;
  const address = email_address.toLowerCase();
  const [signer, ...others] = request.signers.filter(
    (one) =>
      one.role !== 'final_copy_reader' &&
      one.email?.toLowerCase() === address &&
      (name === undefined || one.name === name),
  );
  if (signer === undefined) return errorAnswer('invalid_recipient', { path: 'email_address' });
  if (others.length > 0) {
    return errorAnswer('bad_request', {
      path: 'name',
      message: 'name is required: signers share the address',
    });
  }
  const reminded = await requests.remind(request.id, signer.id, longestReminder);
  return shown(reminded, account);
}
