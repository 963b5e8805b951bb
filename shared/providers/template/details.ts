/** What a request tells beside its status. Whatever does not fit is left out: the status never hangs on it. */
import * as z from 'zod/mini';
import { type SeenDetails, type SeenSigner, signerRoles } from '../../domain/details.ts';
import { readJson } from '../json.ts';
import type { ProviderResponse } from '../provider.ts';
import { page, perhaps, text, time } from '../told.ts';

export const detailsIn = ({ body }: ProviderResponse): SeenDetails => detailsOf(readJson(z.unknown(), body));

export const detailsOf = (request: unknown): SeenDetails => {
  const parsed = told.safeParse(request);
  if (!parsed.success) return {};
  const { title, expires_at: expiresAt, signers } = parsed.data;
  return {
    ...(title !== undefined && { name: title }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(signers !== undefined && { signers: signers.map(signerOf) }),
  };
};

const signer = z.object({
  email: text,
  name: perhaps(text),
  role: perhaps(z.enum(signerRoles)),
  step: perhaps(z.int()),
  status: perhaps(z.enum(['viewed', 'signed', 'declined'])),
  viewed_at: perhaps(time),
  decided_at: perhaps(time),
  reason: perhaps(text),
  url: perhaps(page),
});

const told = z.object({
  title: perhaps(text),
  expires_at: perhaps(time),
  signers: perhaps(z.array(signer)),
});

const signerOf = (seen: z.output<typeof signer>): SeenSigner => ({
  email: seen.email,
  ...(seen.name !== undefined && { name: seen.name }),
  ...(seen.role !== undefined && { role: seen.role }),
  ...(seen.step !== undefined && { order: seen.step }),
  status: seen.status ?? 'awaiting',
  ...(seen.viewed_at !== undefined && { viewedAt: seen.viewed_at }),
  ...(seen.decided_at !== undefined && { decidedAt: seen.decided_at }),
  ...(seen.reason !== undefined && { declineReason: seen.reason }),
  ...(seen.url !== undefined && { page: seen.url }),
});
