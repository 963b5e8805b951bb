/** What the simulated Dropbox Sign keeps of a request beside its status: what it was sent with, and how far its signers are. */
import type { Collection } from '../journal.ts';
import { newHexId, type SimulatedRequest, type World } from '../world.ts';
import type { switches } from './switches.ts';

/** Times are Unix seconds. */
export interface Signature {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly order: number | null;
  readonly code: 'awaiting_signature' | 'signed' | 'declined';
  readonly viewedAt: number | null;
  readonly signedAt: number | null;
  readonly remindedAt: number | null;
  readonly declineReason: string | null;
  readonly pin: string | null;
  readonly phone: string | null;
}

export interface Envelope {
  readonly testMode: boolean;
  readonly subject: string | null;
  readonly message: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly redirectUrl: string | null;
  readonly copies: readonly string[];
  /** Unix seconds. */
  readonly expiresAt: number | null;
  /** In milliseconds: when it goes out. Null: it has. */
  readonly sendAt: number | null;
  readonly signatures: readonly Signature[];
}

export type DropboxSignWorld = World<typeof switches>;

export const envelopesOf = (world: DropboxSignWorld): Collection<Envelope> => world.collection('envelopes');

/** A request that was seeded has two signers, as far as its status says. */
export const envelopeOf = (world: DropboxSignWorld, request: SimulatedRequest): Envelope =>
  envelopesOf(world).get(request.id) ?? {
    testMode: true,
    subject: request.title,
    message: null,
    metadata: {},
    redirectUrl: null,
    copies: [],
    expiresAt: null,
    sendAt: null,
    signatures: [seededSignature(request, 0), seededSignature(request, 1)],
  };

export const newSignature = (
  given: Pick<Signature, 'email' | 'name' | 'order' | 'pin' | 'phone'>,
): Signature => ({
  id: newHexId(32),
  code: 'awaiting_signature',
  viewedAt: null,
  signedAt: null,
  remindedAt: null,
  declineReason: null,
  ...given,
});

const seededSignature = ({ id, status }: SimulatedRequest, order: 0 | 1): Signature => {
  const code = order === 1 ? 'awaiting_signature' : (firstCodes[status] ?? 'awaiting_signature');
  const hasViewed = code !== 'awaiting_signature' || (status === 'viewed' && order === 0);
  return {
    ...newSignature({
      email: `signer${order}@signer.example`,
      name: `Signer ${order}`,
      order,
      pin: null,
      phone: null,
    }),
    id: `${id.slice(0, 31)}${order}`,
    code,
    viewedAt: hasViewed ? 1_760_000_400 : null,
    signedAt: code === 'signed' ? 1_760_000_500 : null,
    declineReason: code === 'declined' ? 'Not agreed' : null,
  };
};

const firstCodes: Readonly<Record<string, Signature['code']>> = {
  partially_signed: 'signed',
  declined: 'declined',
};

export type Step = 'view' | 'sign' | 'sign_all' | 'decline';

/**
 * Whose turn it is takes the step: who has not yet viewed, or not yet decided.
 * @returns the signature (null: nobody's turn), and whether nobody is left to sign
 */
export const advance = (
  world: DropboxSignWorld,
  request: SimulatedRequest,
  step: Step,
): { readonly by: string | null; readonly isLast: boolean } => {
  const envelope = envelopeOf(world, request);
  const pending = envelope.signatures
    .filter(({ code }) => code === 'awaiting_signature')
    .toSorted((one, other) => (one.order ?? 0) - (other.order ?? 0));
  const next = step === 'view' ? pending.find(({ viewedAt }) => viewedAt === null) : pending[0];
  const signatures = envelope.signatures.map((one) =>
    (step === 'sign_all' ? pending.includes(one) : one === next) ? after(one, step) : one,
  );
  envelopesOf(world).put(request.id, { ...envelope, signatures });
  return {
    by: next?.id ?? null,
    isLast: signatures.every(({ code }) => code === 'signed'),
  };
};

const after = (signature: Signature, step: Step): Signature => {
  const now = Math.floor(Date.now() / 1_000);
  const viewed = { ...signature, viewedAt: signature.viewedAt ?? now };
  if (step === 'view') return viewed;
  return step === 'decline'
    ? { ...viewed, code: 'declined', declineReason: 'Not agreed' }
    : { ...viewed, code: 'signed', signedAt: now };
};
