/** What the tests of Ironclad and Truto want created, and how it is refused. */
import type { Instant, RequestId } from '../../../shared/domain/ids.ts';
import { createRequestBody, type NewRequest } from '../../../shared/http/contract/creation.ts';
import type { AnyProvider } from '../../../shared/providers/define-provider.ts';
import { refusedFields } from '../../../shared/providers/refused-fields.ts';
import { now } from './answers.ts';

export const ours = `sr_${'0123456789abcdef'.repeat(2)}` as RequestId;
export const signer = { email: 'lee@northwind.example', name: 'Lee Wong' };

/** As the api function would have parsed it. */
export const wish = (over: object = {}): NewRequest =>
  createRequestBody.parse({ account_id: 'acme', signers: [signer], template_id: 'nda-1', ...over });

export const targetOf = (over: object = {}) => ({
  id: ours,
  wanted: wish(over),
  files: [],
  webhookUrl: 'https://rescind.example/webhooks/token',
  idempotencyKey: 'once',
  now,
});

/** The fields that stand in the way, in order. */
export const refusedOf = (provider: AnyProvider, over: object, options: object = {}): readonly string[] =>
  refusedFields(provider, wish(over), options).map(({ field }) => field);

export const earlier = (ms: number): string => new Date(now - ms).toISOString();
export const attemptedAt = (now - 120_000) as Instant;
