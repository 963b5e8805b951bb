/** What the simulated OKdokument keeps beside requests: documents that were uploaded, and what a request was made with. */
import type { Collection } from '../journal.ts';
import type { SimulatedRequest, World } from '../world.ts';
import type { switches } from './switches.ts';

export type OkdokumentWorld = World<typeof switches>;

export interface Upload {
  readonly account: string;
  readonly filename: string;
  readonly at: number;
}

export interface Envelope {
  readonly filename: string;
  readonly resultUrl: string | null;
  /** Milliseconds. */
  readonly expiresAt: number | null;
}

export const uploadsOf = (world: OkdokumentWorld): Collection<Upload> => world.collection('uploads');
export const envelopesOf = (world: OkdokumentWorld): Collection<Envelope> => world.collection('envelopes');

export const envelopeOf = (world: OkdokumentWorld, id: string): Envelope =>
  envelopesOf(world).get(id) ?? { filename: 'contract.pdf', resultUrl: null, expiresAt: null };

/** The latest one: a document can be signed in several rounds. */
export const ofDocument = (world: OkdokumentWorld, documentId: string): SimulatedRequest | undefined =>
  world.requests.all().findLast((request) => request.documentId === documentId);
