/**
 * What is kept of a followed request apart from its hot item: its name and its signers. What a provider tells is merged
 * in so that a late or repeated answer never takes a signer back to an earlier state.
 */
import type { Brand, Instant } from './ids.ts';

/** Names a signer within one request: `sg_1`, `sg_2` in the order in which they became known. */
export type SignerId = Brand<string, 'SignerId'>;
export const signerIdPattern = /^sg_[1-9]\d{0,2}$/;

export const signerRoles = ['signer', 'approver', 'final_copy_reader'] as const;
export type SignerRole = (typeof signerRoles)[number];

/** How far a signer is. `signed` and `declined` are final. */
export const signerStatuses = ['awaiting', 'viewed', 'signed', 'declined'] as const;
export type SignerStatus = (typeof signerStatuses)[number];

export interface Signer {
  readonly id: SignerId;
  /** The provider's own name for this signer, where it has one. */
  readonly ref: string | null;
  readonly name: string | null;
  readonly email: string | null;
  readonly role: SignerRole;
  readonly order: number | null;
  readonly status: SignerStatus;
  readonly viewedAt: Instant | null;
  /** When the signer signed or declined. */
  readonly decidedAt: Instant | null;
  readonly declineReason: string | null;
  /** Where the provider lets this signer sign. */
  readonly page: string | null;
  /** The secret half of the signer's sign link; null where there is no link. */
  readonly linkSecret: string | null;
}

export interface RequestDetails {
  /** Grows by one with every change. */
  readonly revision: number;
  readonly name: string | null;
  readonly externalId: string | null;
  /** Where the provider lets anyone of them sign, where it tells one page for all. */
  readonly page: string | null;
  /** Where the sender finishes the document before it is sent, where that was asked for. */
  readonly preparePage: string | null;
  readonly signers: readonly Signer[];
}

/** A signer as a provider tells of them. What it does not tell is absent. */
export interface SeenSigner {
  readonly ref?: string;
  readonly name?: string;
  readonly email?: string;
  readonly role?: SignerRole;
  readonly order?: number;
  readonly status: SignerStatus;
  readonly viewedAt?: Instant;
  readonly decidedAt?: Instant;
  readonly declineReason?: string;
  readonly page?: string;
}

/** What an answer of a provider tells of a request beside its status. What it does not tell is absent. */
export interface SeenDetails {
  readonly name?: string;
  readonly externalId?: string;
  readonly page?: string;
  readonly preparePage?: string;
  readonly expiresAt?: Instant;
  /** All of them, or absent: never a part. */
  readonly signers?: readonly SeenSigner[];
}

export const noDetails: RequestDetails = {
  revision: 0,
  name: null,
  externalId: null,
  page: null,
  preparePage: null,
  signers: [],
};

/** As many as ids can name, and as much text as one item can hold, in whatever script. The text is full before the ids are. */
const mostSigners = 999;
const mostText = 100_000;

/**
 * Signers are matched by the provider's name for them, else by address and role, else (where the provider tells neither)
 * by position. One that is not known yet is added; one that is no longer told stays. What is more than can be kept is left
 * out: the status never hangs on it.
 * @returns `known` itself when nothing is new
 */
export const mergeDetails = (known: RequestDetails, seen: SeenDetails): RequestDetails => {
  const merged: RequestDetails = {
    ...known,
    name: seen.name ?? known.name,
    externalId: known.externalId ?? seen.externalId ?? null,
    page: seen.page ?? known.page,
    preparePage: seen.preparePage ?? known.preparePage,
    signers: mergeSigners(known.signers, seen.signers ?? []),
  };
  const same = JSON.stringify(merged) === JSON.stringify(known);
  return same ? known : { ...merged, revision: known.revision + 1 };
};

const mergeSigners = (known: readonly Signer[], seen: readonly SeenSigner[]): readonly Signer[] => {
  // Stryker disable next-line ConditionalExpression,EqualityOperator: equivalent, so many do not fit; it spares merging them.
  if (seen.length > mostSigners) return known;
  const merged = [...known];
  const taken = new Set<number>();
  for (const [position, told] of seen.entries()) {
    const at = matchOf(merged, told, position, taken) ?? merged.length;
    taken.add(at);
    merged[at] = mergeSigner(merged[at] ?? unknownSigner(at), told);
  }
  return JSON.stringify(merged).length <= mostText ? merged : known;
};

const matchOf = (
  known: readonly Signer[],
  told: SeenSigner,
  position: number,
  taken: ReadonlySet<number>,
): number | null => {
  const find = (fits: (signer: Signer) => boolean): number | null => {
    const index = known.findIndex((signer, at) => !taken.has(at) && fits(signer));
    return index === -1 ? null : index;
  };
  const { ref, email, role } = told;
  const byRef = find((signer) => signer.ref === ref);
  if (byRef !== null) return byRef;
  if (email !== undefined) {
    const address = email.toLowerCase();
    const fits = (signer: Signer) =>
      (role === undefined || signer.role === role) && (ref === undefined || signer.ref === null);
    const byAddress = find((signer) => signer.email?.toLowerCase() === address && fits(signer));
    // One that was asked for without an address, as a template allows, is the one whose address is told now.
    return byAddress ?? find((signer) => signer.email === null && signer.ref === null && fits(signer));
  }
  if (ref !== undefined) return find((signer) => signer.ref === null && signer.email === null);
  return taken.has(position) ? null : position;
};

const unknownSigner = (count: number): Signer => ({
  id: signerId(count),
  ref: null,
  name: null,
  email: null,
  role: 'signer',
  order: null,
  status: 'awaiting',
  viewedAt: null,
  decidedAt: null,
  declineReason: null,
  page: null,
  linkSecret: null,
});

/** The id of the signer at this position, counted from 0. */
export const signerId = (position: number): SignerId => `sg_${position + 1}` as SignerId;

const mergeSigner = (before: Signer, told: SeenSigner): Signer => ({
  ...before,
  ref: told.ref ?? before.ref,
  name: told.name ?? before.name,
  email: told.email ?? before.email,
  role: told.role ?? before.role,
  order: told.order ?? before.order,
  status: further(before.status, told.status),
  viewedAt: before.viewedAt ?? told.viewedAt ?? null,
  decidedAt: before.decidedAt ?? told.decidedAt ?? null,
  declineReason: before.declineReason ?? told.declineReason ?? null,
  page: told.page ?? before.page,
});

const progress: Readonly<Record<SignerStatus, number>> = { awaiting: 0, viewed: 1, signed: 2, declined: 2 };

const further = (before: SignerStatus, told: SignerStatus): SignerStatus =>
  progress[told] > progress[before] ? told : before;
