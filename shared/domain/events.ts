/** What a client app can be told of: each event follows from one entry of a request's history, so none can be lost or made up. */
import { createHash } from 'node:crypto';
import type { Instant } from './ids.ts';
import {
  cancellationStates,
  type Evidence,
  type HistoryEntry,
  type RequestStatus,
  requestStatuses,
  type SignatureRequest,
} from './signature-request.ts';

type ToldStatus = Exclude<RequestStatus, 'unknown'>;
const toldStatuses = requestStatuses.filter((status): status is ToldStatus => status !== 'unknown');

/** `signature_request.` and its new status, `cancellation.` and its new state. */
export const requestEventTypes = [
  ...toldStatuses.map((status) => `signature_request.${status}` as const),
  'signature_request.signers_changed',
  'signature_request.creation_undecided',
  ...cancellationStates.map((state) => `cancellation.${state}` as const),
] as const;
export type RequestEventType = (typeof requestEventTypes)[number];

export interface RequestEvent {
  /** The same whenever it is derived: what a receiver tells a repetition by. */
  readonly id: string;
  readonly type: RequestEventType;
  readonly at: Instant;
  /** The request's version that it came with: orders the events of one request. */
  readonly version: number;
  readonly previous: string | null;
  readonly state: string;
  readonly evidence: Evidence | null;
}

/** The events of one history entry, in order: the cancellation's, then the request's. */
export const eventsOf = (
  { tenant, id, createdAt }: Pick<SignatureRequest, 'tenant' | 'id' | 'createdAt'>,
  entry: HistoryEntry,
): readonly RequestEvent[] => {
  const { version, from, to, evidence, status } = entry;
  // A folded entry stands for repetitions of which nobody is told anything.
  const make = (type: RequestEventType, previous: string | null, state: string): RequestEvent => ({
    id: eventId(tenant, id, String(createdAt), String(version), type),
    type,
    at: entry.lastAt,
    version,
    previous,
    state,
    evidence,
  });
  const events: RequestEvent[] = [];
  if (to !== null && from !== to) events.push(make(`cancellation.${to}`, from, to));
  if (status !== null && isTold(status.to)) {
    events.push(make(`signature_request.${status.to}`, status.from, status.to));
  }
  if (entry.type === 'creation_requested') events.push(make('signature_request.creating', null, 'creating'));
  if (entry.type === 'signers_changed') {
    events.push(make('signature_request.signers_changed', null, 'signers_changed'));
  }
  if (entry.type === 'creation_undecided') {
    events.push(make('signature_request.creation_undecided', 'creating', 'creating'));
  }
  return events;
};

const isTold = (status: RequestStatus): status is ToldStatus => status !== 'unknown';

/** `evt_` and 32 hex digits. */
export const eventId = (...parts: readonly string[]): string => {
  const hash = createHash('sha256').update('rescind/event/v1');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
  return `evt_${hash.digest('hex').slice(0, 32)}`;
};
