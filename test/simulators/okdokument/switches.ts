/** What the simulated OKdokument can be told to do. The first value of each is the default. */
import { amount, oneOf } from '../switches.ts';

export const switches = {
  delete_of_signed: oneOf(
    ['200', '400'],
    'the answer to a delete after signing: the documentation does not say',
  ),
  delete_outcome: oneOf(
    ['deleted', 'silently_kept'],
    'silently_kept: answers msg.deleted, and keeps the request',
  ),
  open_document: oneOf(['normal', 'always_302', 'always_400'], 'what the signer’s link answers'),
  metadata: oneOf(['normal', '404'], '404: the document is kept no longer'),
  create_reply: oneOf(
    ['documented', 'connector'],
    'which of the two known shapes a creation answers with: the connector knows code, statusCode and success too',
  ),
  conflict_body: oneOf(['message', 'empty'], 'the body of 409'),
  error_body: oneOf(['empty', 'html'], 'the body of 401, 403 and 500'),
  callbacks: oneOf(['deliver', 'lose', 'twice'], 'what becomes of sendInfoURL callbacks'),
  fault_retry_seconds: amount(2, 'the Retry-After of a 429 that a fault asks for'),
  rate_limit_per_minute: amount(
    0,
    'calls an account may make in a clock minute, then 429 with Retry-After; 0: no limit',
  ),
} as const;
