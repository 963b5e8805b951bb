/** What an HTTP status means wherever a provider gives it no meaning of its own. */
import type { Postponement } from '../domain/answers.ts';
import type { CancellationError, CancellationErrorType } from '../domain/signature-request.ts';
import type { ProviderResponse } from './provider.ts';
import { comeBackAt } from './retry-after.ts';

/**
 * 401, 402, 403, 405, 429 and 5xx. Null for any other status: the adapter decides.
 * `code` is the provider's own word for the error, for the detail; never its free text, which may quote anything.
 */
export const postponement = (response: ProviderResponse, code: string | null = null): Postponement | null => {
  if (response.status === 429) return rateLimited(response, code);
  const refusal = refusals[response.status];
  if (refusal) {
    const { type, pausesAccount } = refusal;
    return { kind: 'refused', error: errorFrom(response, type, code), pausesAccount };
  }
  if (response.status < 500) return null;
  const retryAt = comeBackAt(response);
  const error = errorFrom(response, 'provider-unavailable', code);
  // A server error may concern this request alone. A time to come back concerns everyone.
  if (retryAt === null) return { kind: 'try_again', error, pausesAccount: false };
  return { kind: 'try_again', error, pausesAccount: true, retryAt };
};

export const rateLimited = (response: ProviderResponse, code: string | null): Postponement => {
  const retryAt = comeBackAt(response);
  const error = errorFrom(response, 'rate-limited', code);
  return { kind: 'try_again', error, pausesAccount: true, ...(retryAt !== null && { retryAt }) };
};

/** `{type, "The provider answered 400 signature_request_cancel_failed.", 400}` */
export const errorFrom = (
  { status }: ProviderResponse,
  type: CancellationErrorType,
  code: string | null = null,
): CancellationError => ({
  type,
  detail: `The provider answered ${status}${code === null ? '' : ` ${code}`}.`,
  providerStatus: status,
});

const refusals: Readonly<Record<number, { type: CancellationErrorType; pausesAccount: boolean }>> = {
  401: { type: 'unauthorized', pausesAccount: true },
  402: { type: 'payment-required', pausesAccount: true },
  403: { type: 'forbidden', pausesAccount: false },
  405: { type: 'refused', pausesAccount: false },
};
