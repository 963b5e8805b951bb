/** What the simulated Box Sign keeps of a request beside its status: what it was created with, and how far its signers are. */
import type { Collection } from '../journal.ts';
import type { SimulatedRequest, World } from '../world.ts';
import type { CreateBody } from './create-body.ts';
import type { switches } from './switches.ts';

export interface Decision {
  readonly type: 'signed' | 'declined';
  readonly finalized_at: string;
  readonly additional_info?: string;
}

export interface EnvelopeSigner {
  readonly email: string;
  readonly role: 'signer' | 'approver' | 'final_copy_reader';
  readonly order: number;
  readonly viewed: boolean;
  readonly decision: Decision | null;
  /** Its other fields, as they are shown. */
  readonly shown: Readonly<Record<string, unknown>>;
}

export interface Envelope {
  /** Its fields as they were given, for those that are shown unchanged. */
  readonly given: Omit<CreateBody, 'signers' | 'name'>;
  /** The sender too. */
  readonly signers: readonly EnvelopeSigner[];
  /** When the last mails went out. */
  readonly mailedAt: number | null;
}

type BoxSignWorld = World<typeof switches>;

export const senderEmail = 'zoe@sender.example';

export const sender: EnvelopeSigner = {
  email: senderEmail,
  role: 'final_copy_reader',
  order: 0,
  viewed: false,
  decision: null,
  shown: {},
};

export const envelopesOf = (world: BoxSignWorld): Collection<Envelope> => world.collection('envelopes');

/** A request that was seeded has two signers, as far as its status says. */
export const envelopeOf = (world: BoxSignWorld, request: SimulatedRequest): Envelope =>
  envelopesOf(world).get(request.id) ?? {
    given: {},
    signers: [sender, seededSigner(1, request.status), seededSigner(2, request.status)],
    mailedAt: null,
  };

const seededSigner = (order: number, status: string): EnvelopeSigner => {
  const decision = seededDecision(order, status);
  const viewed = decision !== null || (status === 'viewed' && order === 1);
  return { email: `signer${order}@signer.example`, role: 'signer', order, viewed, decision, shown: {} };
};

const seededDecision = (order: number, status: string): Decision | null => {
  if (/^(finalizing|signed|downloaded)/.test(status)) {
    return { type: 'signed', finalized_at: '2026-01-15T17:30:00Z' };
  }
  return status === 'declined' && order === 1
    ? { type: 'declined', finalized_at: '2026-01-15T17:30:00Z', additional_info: 'Not agreed' }
    : null;
};

export type Step = 'view' | 'sign' | 'sign_all' | 'decline';

/** Whose turn it is takes the step. @returns whether nobody is left to sign */
export const advance = (world: BoxSignWorld, request: SimulatedRequest, step: Step): boolean => {
  const envelope = envelopeOf(world, request);
  const pending = envelope.signers.filter((one) => one.role !== 'final_copy_reader' && one.decision === null);
  const inOrder = pending.toSorted((one, other) => one.order - other.order);
  const next = step === 'view' ? inOrder.find(({ viewed }) => !viewed) : inOrder[0];
  const signers = envelope.signers.map((one) => {
    const acts = step === 'sign_all' ? pending.includes(one) : one === next;
    return acts ? { ...one, viewed: true, decision: step === 'view' ? null : decisionOf(step) } : one;
  });
  envelopesOf(world).put(request.id, { ...envelope, signers });
  return signers.every((one) => one.role === 'final_copy_reader' || one.decision !== null);
};

const decisionOf = (step: Exclude<Step, 'view'>): Decision => ({
  type: step === 'decline' ? 'declined' : 'signed',
  finalized_at: new Date().toISOString(),
  ...(step === 'decline' && { additional_info: 'Not agreed' }),
});
