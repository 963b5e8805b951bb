/** The pass over events and replays whose time has come: those too far off for a message, and those whose message was lost. */
import type { Instant } from '../../shared/domain/ids.ts';
import { errorFields, type Log } from '../../shared/log.ts';
import type { Notice, SendNotice } from '../../shared/queue/notices.ts';
import type { DueDelivery, DueDeliveryStore } from '../../shared/store/due-deliveries.ts';

export interface SweepDeliveriesPorts {
  readonly dueDeliveries: Pick<DueDeliveryStore, 'due' | 'moveWake'>;
  readonly sendNotice: SendNotice;
  /** How long after a notice the item is looked at again. */
  readonly recoveryMs: number;
  readonly now: () => Instant;
  readonly remainingMs: () => number;
  readonly log: Log;
}

export interface DeliverySweepReport {
  readonly seen: number;
  readonly hinted: number;
}

const pageSize = 100;
const atOnce = 10;
/** Between two notices for one endpoint: whatever waited out an outage comes back in a row, not in a wave. */
const spacingMs = 100;
const longestSpreadMs = 60_000;
/** What the last page needs. */
const wrapUpMs = 10_000;

export const sweepDeliveries = async (ports: SweepDeliveriesPorts): Promise<DeliverySweepReport> => {
  const until = ports.now();
  const noticesTo = new Map<string, number>();
  let seen = 0;
  let hinted = 0;
  // Page by page through the index as it was: it lags behind what is moved meanwhile.
  let page: Awaited<ReturnType<typeof ports.dueDeliveries.due>> | null = null;
  do {
    if (ports.remainingMs() < wrapUpMs) break;
    page = await ports.dueDeliveries.due(until, pageSize, page?.next);
    for (let start = 0; start < page.entries.length; start += atOnce) {
      const group = page.entries.slice(start, start + atOnce);
      const outcomes = await Promise.all(group.map((entry) => sweepOne(ports, entry, noticesTo)));
      seen += outcomes.length;
      hinted += outcomes.filter(Boolean).length;
    }
  } while (page.next !== undefined);
  return { seen, hinted };
};

/** One that cannot be swept must not keep the others from it. @returns whether a notice was sent. */
const sweepOne = async (
  { dueDeliveries, sendNotice, recoveryMs, now, log }: SweepDeliveriesPorts,
  entry: DueDelivery,
  noticesTo: Map<string, number>,
): Promise<boolean> => {
  const { tenant, endpoint } = entry.place;
  const before = noticesTo.get(endpoint) ?? 0;
  noticesTo.set(endpoint, before + 1);
  const delayMs = Math.min(longestSpreadMs, before * spacingMs);
  try {
    // Moved before it is hinted, so that one that cannot move on is not hinted by every sweep.
    if (!(await dueDeliveries.moveWake(entry, (now() + delayMs + recoveryMs) as Instant))) return false;
    await sendNotice(noticeOf(entry), delayMs);
    return true;
  } catch (error) {
    log('warn', 'sweep.delivery_failed', { tenant, endpoint, kind: entry.kind, ...errorFields(error) });
    return false;
  }
};

const noticeOf = ({ kind, place }: DueDelivery): Notice =>
  kind === 'deliver' ? { kind, ...place } : { kind, ...place };
