/** What a workflow and its signers tell beside the status. Whatever does not fit is left out: the status never hangs on it. */
import * as z from 'zod/mini';
import type { SeenDetails, SeenSigner } from '../../domain/details.ts';
import { readJson } from '../json.ts';
import type { ProviderResponse } from '../provider.ts';
import { otherwise, perhaps } from '../told.ts';
import { externalIdIn } from './attributes.ts';

/** @param attribute the id of the one that holds the client's external id */
export const detailsOf = (workflow: unknown, attribute: string | null): SeenDetails => {
  const parsed = told.safeParse(workflow);
  if (!parsed.success) return {};
  const { title, attributes } = parsed.data;
  return { ...(title !== undefined && { name: title }), ...externalIdIn(attributes, attribute) };
};

/**
 * Of `GET …/sign-status`, or of `GET …/signatures`, where a signer's status is one level deeper (both documented). Null
 * where the body has no list of signers. Neither tells when somebody viewed or signed, why somebody declined, or a page.
 */
export const signersIn = ({ status, body }: ProviderResponse): readonly SeenSigner[] | null =>
  (status === 200 ? readJson(withSigners, body)?.signers.map(signerOf) : undefined) ?? null;

/** A role that is safe as one segment of a path, once it is encoded: `..` survives encoding. */
export const isRole = (role: string): boolean =>
  role.length <= 255 && role.isWellFormed() && !/^\s*$|\p{Cc}|(^|[/\\])\.{1,2}($|[/\\])/u.test(role);

const text = z.string().check(z.minLength(1), z.maxLength(255));

const told = z.object({ title: perhaps(text), attributes: otherwise(z.unknown(), undefined) });

/** `sent`, and whatever is not known, is no step of the signer's. -1 is the order of who signs on paper (documented). */
const status = otherwise(z.enum(['awaiting', 'viewed', 'signed', 'declined']), 'awaiting');
const signer = z.object({
  roleName: perhaps(text.check(z.refine(isRole))),
  name: perhaps(text),
  email: perhaps(z.string().check(z.maxLength(254), z.regex(/^[^\s@]+@[^\s@]+$/))),
  routingOrder: perhaps(z.int().check(z.minimum(0), z.maximum(1_000))),
  status: perhaps(z.string()),
  signatureStatus: perhaps(z.object({ status })),
});
const withSigners = z.object({ signers: z.array(signer) });

const signerOf = (told: z.output<typeof signer>): SeenSigner => ({
  ...(told.roleName !== undefined && { ref: told.roleName }),
  ...(told.name !== undefined && { name: told.name }),
  ...(told.email !== undefined && { email: told.email }),
  ...(told.routingOrder !== undefined && { order: told.routingOrder }),
  status: told.signatureStatus?.status ?? status.parse(told.status),
});
