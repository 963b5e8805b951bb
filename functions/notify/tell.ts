/** Tells what is untold of a request: every event of its history since, to every endpoint that wants it. */
import { eventsOf } from '../../shared/domain/events.ts';
import type { HistoryEntry, SignatureRequest } from '../../shared/domain/signature-request.ts';
import type { EndpointFormat } from '../../shared/notify/endpoint.ts';
import { isSubscribed } from '../../shared/notify/event-types.ts';
import { type OutgoingEvent, requestEvent } from '../../shared/notify/outgoing-event.ts';
import type { Notice } from '../../shared/queue/notices.ts';
import { announceDisabled } from './announce.ts';
import { deliverEvent } from './deliver.ts';
import { sendOrLeave } from './hint.ts';
import type { SeenEndpoint } from './lanes.ts';
import type { NotifyPorts } from './ports.ts';

/** A request that changes this often while it is told of is left to the next notice. */
const mostTries = 5;
const tryAgainMs = 1_000;

/** The marker goes only when every event has a record at every endpoint: until then a crash loses none. */
export const tell = async (ports: NotifyPorts, notice: Extract<Notice, { kind: 'tell' }>): Promise<void> => {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const request = await ports.requests.get(notice.tenant, notice.id);
    if (request === null || request.untold === null) return;
    const readAt = ports.now();
    const endpoints = await ports.endpoints.list(request.tenant);
    await announceDisabled(ports, endpoints);
    const events = await untoldEvents(ports, request, request.untold);
    const told = endpoints.filter(({ format }) => isToldOf(format, request.provider));
    await allOf(told.map((endpoint) => deliverAll(ports, { endpoint, readAt }, events)));
    if (await ports.requests.markTold(request, ports.now())) return;
  }
  await sendOrLeave(ports, notice, tryAgainMs);
};

/** A provider's own form says nothing of another provider's requests. */
const isToldOf = (format: EndpointFormat, provider: string): boolean =>
  format === 'standard' || format === provider;

const untoldEvents = async (
  { requests }: NotifyPorts,
  request: SignatureRequest,
  since: number,
): Promise<readonly OutgoingEvent[]> => {
  const complete = !request.hasOlderHistory || (request.history[0]?.version ?? Infinity) <= since;
  const older = complete ? [] : await requests.olderHistory(request);
  const entries = new Map<number, HistoryEntry>();
  for (const entry of [...older, ...request.history]) {
    if (entry.version >= since) entries.set(entry.version, entry);
  }
  return [...entries.values()]
    .flatMap((entry) => eventsOf(request, entry))
    .map((event) => requestEvent(request, event));
};

const deliverAll = async (
  ports: NotifyPorts,
  seen: SeenEndpoint,
  events: readonly OutgoingEvent[],
): Promise<void> => {
  for (const event of events) {
    if (isSubscribed(seen.endpoint.eventTypes, event.type)) await deliverEvent(ports, seen, event);
  }
};

/** What goes wrong at one endpoint keeps nothing from the others. @throws the first of what was thrown, when all are done. */
const allOf = async (works: readonly Promise<void>[]): Promise<void> => {
  for (const result of await Promise.allSettled(works)) {
    if (result.status === 'rejected') throw result.reason;
  }
};
