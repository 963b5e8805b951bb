/** What the simulated Example Sign does with requests that it has created itself: their signers, reminders, and its list. */
import * as z from 'zod/mini';
import { type Answer, type Call, parseJson } from '../answer.ts';
import type { Collection } from '../journal.ts';
import { newHexId, type SimulatedAccount, type SimulatedRequest, type World } from '../world.ts';
import { errorAnswer, type switches } from './switches.ts';

type ExampleWorld = World<typeof switches>;

interface Envelope {
  readonly reference: string | null;
  readonly title: string | null;
  readonly expires_at: string | null;
  readonly signers: readonly EnvelopeSigner[];
  readonly remindedAt: number | null;
}

interface EnvelopeSigner {
  readonly email: string;
  readonly name: string | null;
  readonly role: 'signer' | 'final_copy_reader';
  readonly step: number;
  readonly status: 'waiting' | 'viewed' | 'signed' | 'declined';
  readonly viewed_at: string | null;
  readonly decided_at: string | null;
  readonly reason: string | null;
}

const createBody = z.object({
  reference: z.optional(z.string()),
  title: z.optional(z.string()),
  message: z.optional(z.string()),
  return_url: z.optional(z.url()),
  expires_in_days: z.optional(z.int().check(z.minimum(0))),
  documents: z
    .array(z.object({ url: z.url(), name: z.optional(z.string()) }))
    .check(z.minLength(1), z.maxLength(5)),
  signers: z
    .array(
      z.object({
        email: z.email(),
        name: z.optional(z.string()),
        role: z._default(z.enum(['signer', 'final_copy_reader']), 'signer'),
        step: z.optional(z.int()),
      }),
    )
    .check(z.minLength(1), z.maxLength(20)),
});

const envelopesOf = (world: ExampleWorld): Collection<Envelope> => world.collection('envelopes');

/** One that was seeded says nothing of its signers. */
export const requestObject = (world: ExampleWorld, { id, status }: SimulatedRequest) => {
  const { remindedAt: _, ...envelope } = envelopesOf(world).get(id) ?? { remindedAt: null };
  return { ...envelope, id, status };
};

export const create = (world: ExampleWorld, { body }: Call, account: SimulatedAccount): Answer => {
  const given = createBody.safeParse(parseJson(body));
  if (!given.success) return errorAnswer(400);
  const { reference = null, title = null, expires_in_days: days, signers } = given.data;
  const request = world.seed({ id: newHexId(32), status: 'sent', account: account.id });
  envelopesOf(world).put(request.id, {
    reference,
    title,
    expires_at: days === undefined ? null : new Date(Date.now() + days * 86_400_000).toISOString(),
    signers: signers.map(({ email, name = null, role, step = 0 }) => ({
      ...{ email, name, role, step },
      ...{ status: 'waiting', viewed_at: null, decided_at: null, reason: null },
    })),
    remindedAt: null,
  });
  return { status: 201, body: requestObject(world, request) };
};

/** Of the account's own, those with the reference that is asked for. */
export const list = (world: ExampleWorld, { query }: Call, account: SimulatedAccount): Answer => {
  const items = world.requests
    .all()
    .filter((request) => request.account === account.id)
    .map((request) => requestObject(world, request))
    .filter((request) => 'reference' in request && request.reference === query.get('reference'));
  return { status: 200, body: { items } };
};

export const remind = (world: ExampleWorld, request: SimulatedRequest | null): Answer => {
  const envelope = request === null ? undefined : envelopesOf(world).get(request.id);
  if (request === null || envelope === undefined) return errorAnswer(404);
  if (!/^(sent|viewed)$/.test(request.status)) return errorAnswer(409);
  const earliest = (envelope.remindedAt ?? 0) + world.value('reminder_cool_down_ms', request);
  const waitMs = earliest - Date.now();
  if (waitMs > 0) return errorAnswer(409, Math.ceil(waitMs / 1_000));
  envelopesOf(world).put(request.id, { ...envelope, remindedAt: Date.now() });
  return { status: 204 };
};

/** Lets the next signer view or decline it, or all of them sign. */
export const advance = (world: ExampleWorld, id: string, action: string): void => {
  const envelope = envelopesOf(world).get(id);
  const pending = envelope?.signers.filter(({ role, status }) => role === 'signer' && isPending(status));
  const [next] = pending?.toSorted((one, other) => one.step - other.step) ?? [];
  if (envelope === undefined || next === undefined) return;
  const now = new Date().toISOString();
  const change: Readonly<Record<string, Partial<EnvelopeSigner>>> = {
    view: { status: 'viewed', viewed_at: now },
    sign: { status: 'signed', decided_at: now },
    decline: { status: 'declined', decided_at: now, reason: 'Not agreed' },
  };
  const signers = envelope.signers.map((signer) =>
    signer === next || (action === 'sign' && pending?.includes(signer))
      ? { ...signer, ...change[action] }
      : signer,
  );
  envelopesOf(world).put(id, { ...envelope, signers });
};

const isPending = (status: EnvelopeSigner['status']): boolean => status === 'waiting' || status === 'viewed';
