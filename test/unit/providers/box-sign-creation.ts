/** What Box Sign's creations are tested with. */
import type { RequestId } from '../../../shared/domain/ids.ts';
import { createRequestBody, type NewRequest } from '../../../shared/http/contract/creation.ts';
import type { CreationTarget } from '../../../shared/providers/creation.ts';
import { now } from './answers.ts';

export const ourId = 'sr_0123456789abcdef0123456789abcdef' as RequestId;

/** The smallest body that Box Sign takes, and what is added to it. */
export const wanted = (over: object = {}): NewRequest =>
  createRequestBody.parse({
    account_id: 'box',
    signers: [{ email: 'ann@signer.example' }],
    source_files: [{ id: '12345' }],
    ...over,
  });

export const target = (over: object = {}): CreationTarget => ({
  id: ourId,
  wanted: wanted(over),
  files: [],
  webhookUrl: 'https://rescind.example/webhooks/token',
  idempotencyKey: 'once',
  now,
});

export const connection = {
  baseUrl: 'https://api.box.com/2.0',
  credentials: { access_token: 'token-1' },
  options: {},
  accessToken: null,
};

/** An error in Box's form. */
export const boxError = (status: number, code: string) => ({
  type: 'error',
  status,
  code,
  message: 'A text that may quote anything',
  context_info: { errors: [{ reason: 'invalid_parameter', name: 'signers', message: 'hunter2' }] },
});
