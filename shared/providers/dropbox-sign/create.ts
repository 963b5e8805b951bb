/**
 * `POST /signature_request/send`. No idempotency key is documented, so our id travels in the metadata. The answer only
 * says that it was taken: it goes out later, which an event tells (documented).
 */
import * as z from 'zod/mini';
import { type ProviderRequestId, providerRequestIdPattern } from '../../domain/ids.ts';
import type { NewRequest } from '../../http/contract/creation.ts';
import type { ApiKeyCredentials } from '../api-key.ts';
import type { CreateSide, CreationTarget } from '../creation.ts';
import { errorFrom } from '../http-status.ts';
import { readJson } from '../json.ts';
import type { ProviderResponse } from '../provider.ts';
import { type DropboxSignOptions, errorName, headersFor, postponed } from './request.ts';
import { seenIn } from './signature-request.ts';

export const create: CreateSide<ApiKeyCredentials, DropboxSignOptions> = {
  request: (target, connection) => ({
    method: 'POST',
    url: `${connection.baseUrl}/signature_request/send`,
    headers: { ...headersFor(connection), 'content-type': 'application/json' },
    // Null is "not wanted" here, and not always there.
    body: JSON.stringify(bodyOf(target, connection.options), (_key, value) => value ?? undefined),
  }),

  classify(response, { id }) {
    const { status } = response;
    const name = errorName(response);
    const unclear = {
      kind: 'unclear',
      mayHaveActed: true,
      error: errorFrom(response, 'unexpected-answer', name),
    } as const;
    if (status === 200) {
      const seen = seenIn(response);
      if (!seen?.id || !providerRequestIdPattern.test(seen.id)) return unclear;
      // Metadata is echoed in every answer (documented): another's id is another's request.
      if (seen.rescindId !== null && seen.rescindId !== id) return unclear;
      const providerRequestId = seen.id as ProviderRequestId;
      const { details } = seen;
      return { kind: 'created', providerRequestId, status: startOf(seen.status), details };
    }
    const delay = status >= 400 && status < 500 ? postponed(response) : null;
    if (delay !== null) return delay;
    // Without the provider's form of an error it is somebody else's, such as a proxy's.
    if (name !== null && (status === 400 || status === 404)) {
      const place = errorPlace(response);
      const code = place === null ? name : `${name} at ${place}`;
      return { kind: 'invalid', error: errorFrom(response, 'refused', code) };
    }
    // 409 says that an identical request is under way, which can be our own; 5xx may come after the act.
    return unclear;
  },
};

/** "Taken" looks like "sent" in the object. */
const startOf = <S>(status: S | 'sent' | null): S | 'created' =>
  status === 'sent' ? 'created' : (status ?? 'created');

const bodyOf = ({ id, wanted, now }: CreationTarget, { test_mode = false }: DropboxSignOptions) => {
  const { name, signers, source_files, email_subject, email_message, days_valid, external_id } = wanted;
  const copies = signers.filter(({ role }) => role === 'final_copy_reader');
  return {
    test_mode,
    title: name,
    subject: email_subject,
    message: email_message,
    signers: signersOf(wanted),
    cc_email_addresses: copies.length === 0 ? null : copies.map(({ email }) => email),
    file_urls: source_files?.flatMap((file) => ('url' in file ? [file.url] : [])),
    // Nobody may by default (documented). That signers may decline is what clients of any provider expect (assumed).
    allow_decline: true,
    signing_redirect_url: wanted.redirect_url,
    signing_options: signingOptions(wanted.are_text_signatures_enabled ?? null),
    expires_at: days_valid ? expiryOf(now, days_valid) : null,
    metadata: { rescind_id: id, external_id, external_system_name: wanted.external_system_name },
  };
};

/** Orders count from 0 (documented), so ours are ranked: whoever shares one shares a rank. */
const signersOf = ({ signers }: NewRequest) => {
  const signing = signers.filter(({ role }) => role === 'signer');
  const orders = [...new Set(signing.map(({ order }) => order ?? 0))].sort((a, b) => a - b);
  const isOrdered = signing.some(({ order }) => typeof order === 'number');
  return signing.map(({ email, name, order, password, verification_phone_number: phone }) => ({
    email_address: email,
    name,
    order: isOrdered ? orders.indexOf(order ?? 0) : null,
    pin: password,
    sms_phone_number: phone,
    sms_phone_number_type: phone ? 'authentication' : null,
  }));
};

/** Given as a whole or not at all: without it the account's settings decide (documented). Drawing and uploading stay allowed. */
const signingOptions = (type: boolean | null) =>
  type === null ? null : { default_type: 'draw', draw: true, type, upload: true, phone: false };

const hourSeconds = 3_600;

/**
 * Unix seconds, 1 to 90 days ahead, on the hour: the provider rounds down (documented). A single day gets an hour and a
 * half more, to be one still when it has been rounded and when the call arrives.
 */
const expiryOf = (now: number, days: number): number => {
  const ahead = days * 24 * hourSeconds + (days === 1 ? 1.5 * hourSeconds : 0);
  const seconds = now / 1_000 + ahead;
  return seconds - (seconds % hourSeconds);
};

const placedError = z.object({
  error: z.object({
    error_path: z.string().check(z.maxLength(80), z.regex(/^[a-z_]+(\[\d+\]|\.\w+)*$/)),
  }),
});

/** Which field it is about: `signers[0].email_address`. */
const errorPlace = ({ body }: ProviderResponse): string | null =>
  readJson(placedError, body)?.error.error_path ?? null;
