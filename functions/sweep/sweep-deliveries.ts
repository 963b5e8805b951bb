/** The pass over events and replays whose time has come: those too far off for a message, and those whose message was lost. */
import type { Instant } from '../../shared/domain/ids.ts';
import { errorFields, type Log } from '../../shared/log.ts';
import type { Notice, SendNotice } from '../../shared/queue/notices.ts';
import type { Item } from '../../shared/store/attributes.ts';
import type { DueDelivery, DueDeliveryStore } from '../../shared/store/due-deliveries.ts';
import { inTrace } from '../../shared/trace/invocation.ts';
import { newTrace } from '../../shared/trace/trace.ts';
import { eachDue, type Spacing, spacing } from './due-pages.ts';

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

export const sweepDeliveries = async (ports: SweepDeliveriesPorts): Promise<DeliverySweepReport> => {
  const until = ports.now();
  const delayTo = spacing();
  let seen = 0;
  let hinted = 0;
  const pageFrom = (limit: number, start: Item | undefined) => ports.dueDeliveries.due(until, limit, start);
  await eachDue(ports.remainingMs, pageFrom, async (entry) => {
    const isHinted = await inTrace(newTrace(), () => sweepOne(ports, entry, delayTo));
    seen += 1;
    if (isHinted) hinted += 1;
  });
  return { seen, hinted };
};

/** One that cannot be swept must not keep the others from it. @returns whether a notice was sent. */
const sweepOne = async (
  { dueDeliveries, sendNotice, recoveryMs, now, log }: SweepDeliveriesPorts,
  entry: DueDelivery,
  delayTo: Spacing,
): Promise<boolean> => {
  const { tenant, endpoint } = entry.place;
  const delayMs = delayTo(endpoint);
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
