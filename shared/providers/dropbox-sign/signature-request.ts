/**
 * The `signature_request` object of answers. It has no status field, so the status is derived from flags and signatures;
 * every property is optional in the API reference.
 */
import * as z from 'zod/mini';
import type { SeenDetails, SeenSigner } from '../../domain/details.ts';
import { type Instant, requestIdPattern } from '../../domain/ids.ts';
import type { RequestStatus } from '../../domain/signature-request.ts';
import { readJson } from '../json.ts';
import type { ProviderResponse } from '../provider.ts';
import { perhaps } from '../told.ts';

export interface SeenRequest {
  /** As it is told, not checked. */
  readonly id: string | null;
  /** Null: nothing that tells. */
  readonly status: Exclude<RequestStatus, 'cancelled' | 'creating'> | null;
  readonly details: SeenDetails;
  /** What Rescind wrote into the metadata when it created the request. */
  readonly rescindId: string | null;
}

/** The object of an answer about one request; null where there is none. */
export const seenIn = ({ body }: ProviderResponse): SeenRequest | null =>
  seenOf(readJson(z.object({ signature_request: z.unknown() }), body)?.signature_request);

export const seenOf = (signatureRequest: unknown): SeenRequest | null => {
  const state = stateFields.safeParse(signatureRequest);
  const told = toldFields.safeParse(signatureRequest);
  if (!state.success || !told.success) return null;
  return {
    id: state.data.signature_request_id ?? null,
    status: statusOf(state.data),
    details: detailsOf(told.data),
    rescindId: told.data.metadata?.rescind_id ?? null,
  };
};

/** Only which request it is, and what the status follows from. Codes are free text. */
const stateFields = z.object({
  signature_request_id: z.nullish(z.string()),
  is_complete: z.nullish(z.boolean()),
  is_declined: z.nullish(z.boolean()),
  has_error: z.nullish(z.boolean()),
  signatures: z.nullish(
    z.array(z.object({ status_code: z.nullish(z.string()), last_viewed_at: z.nullish(z.unknown()) })),
  ),
});

const statusOf = (found: z.output<typeof stateFields>): SeenRequest['status'] => {
  if (typeof found.is_complete !== 'boolean' && !found.signatures) return null;
  const signatures = found.signatures ?? [];
  const codes = signatures.map(({ status_code }) => status_code ?? '');
  if (found.is_declined || codes.includes('declined')) return 'declined';
  if (found.has_error || codes.some(isError)) return 'error';
  if (found.is_complete) return 'signed';
  if (codes.includes('expired')) return 'expired';
  // One of several signatures has no word of its own in the unified vocabulary: the request stays `viewed`.
  if (codes.includes('signed')) return 'viewed';
  return signatures.some(({ last_viewed_at }) => (last_viewed_at ?? null) !== null) ? 'viewed' : 'sent';
};

/** A signer's wrong address is not the end of a request: the sender can correct it, so it can still be cancelled. */
const isError = (code: string): boolean => code.startsWith('error_') && code !== 'error_invalid_email';

const text = z.string().check(z.minLength(1), z.maxLength(2_000));
/** Unix seconds, up to the year 9999. */
const time = z.pipe(
  z.number().check(z.positive(), z.maximum(253_402_300_799)),
  z.transform((seconds) => (seconds * 1_000) as Instant),
);

const signature = z.object({
  signature_id: text,
  signer_email_address: perhaps(text),
  signer_name: perhaps(text),
  order: perhaps(z.int().check(z.minimum(0))),
  status_code: text,
  signed_at: perhaps(time),
  last_viewed_at: perhaps(time),
  decline_reason: perhaps(text),
});

const toldFields = z.object({
  title: perhaps(text),
  signing_url: perhaps(text.check(z.refine((url) => /^https?:\/\//i.test(url) && URL.canParse(url)))),
  expires_at: perhaps(time),
  metadata: perhaps(z.object({ rescind_id: perhaps(text), external_id: perhaps(text) })),
  signatures: perhaps(z.array(signature).check(z.minLength(1))),
});

const detailsOf = (told: z.output<typeof toldFields>): SeenDetails => {
  const { title: name, signing_url: page, expires_at: expiresAt, signatures } = told;
  const externalId = told.metadata?.external_id;
  return {
    ...(name !== undefined && { name }),
    ...(page !== undefined && { page }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(externalId !== undefined && !requestIdPattern.test(externalId) && { externalId }),
    ...(signatures !== undefined && { signers: signatures.map(signerOf) }),
  };
};

/** Who gets a copy is no signer here: `cc_email_addresses` says nothing of what becomes of them. */
const signerOf = (told: z.output<typeof signature>): SeenSigner => {
  const {
    signature_id: ref,
    signer_email_address: email,
    signer_name: name,
    order,
    status_code: code,
  } = told;
  const { last_viewed_at: viewedAt, signed_at: decidedAt, decline_reason: declineReason } = told;
  const isDecided = code === 'signed' || code === 'declined';
  return {
    ref,
    role: 'signer',
    ...(email !== undefined && { email }),
    ...(name !== undefined && { name }),
    ...(order !== undefined && { order }),
    status: isDecided ? code : viewedAt === undefined ? 'awaiting' : 'viewed',
    ...(viewedAt !== undefined && { viewedAt }),
    ...(isDecided && decidedAt !== undefined && { decidedAt }),
    ...(code === 'declined' && declineReason !== undefined && { declineReason }),
  };
};
