/** The id under which a request of ours is known there. */
import type { ProviderRequestId, RequestId } from '../../domain/ids.ts';

/**
 * The client may choose the id, a UUID (documented): the digits of ours. Those that tell a version are set to 4, like
 * the ones in the documentation, for whoever checks them (assumed).
 */
export const uuidOf = (id: RequestId): ProviderRequestId => {
  const digits = id.slice('sr_'.length);
  const variant = '89ab'.charAt(Number.parseInt(digits.charAt(16), 16) % 4);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20),
  ].join('-') as ProviderRequestId;
};
