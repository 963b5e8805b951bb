/** Has somebody make the next attempt when its time has come: by a delayed message, or by the sweep. */

import type { Instant } from '../../shared/domain/ids.ts';
import { longestDelayMs } from '../../shared/domain/transition.ts';
import { errorFields } from '../../shared/log.ts';
import type { Delivery } from '../../shared/notify/delivery.ts';
import type { EventPolicy } from '../../shared/notify/schedule.ts';
import type { Notice } from '../../shared/queue/notices.ts';
import type { NotifyPorts } from './ports.ts';

/** When the sweep looks: at the time itself, or a little after a message that should have come. Null: there is nothing to do. */
export const wakeOf = (
  { nextAt }: Delivery,
  now: Instant,
  { recoveryMs }: Pick<EventPolicy, 'recoveryMs'>,
): Instant | null => {
  if (nextAt === null) return null;
  return (nextAt - now > longestDelayMs ? nextAt : nextAt + recoveryMs) as Instant;
};

export const hintAt = async (ports: NotifyPorts, delivery: Delivery): Promise<void> => {
  const { tenant, endpoint, position, nextAt } = delivery;
  if (nextAt === null) return;
  const delayMs = Math.max(0, nextAt - ports.now());
  if (delayMs <= longestDelayMs)
    await sendOrLeave(ports, { kind: 'deliver', tenant, endpoint, position }, delayMs);
};

/** The item is written: a notice that cannot be sent is only late, because the sweep finds the item. */
export const sendOrLeave = async (
  { sendNotice, log }: Pick<NotifyPorts, 'sendNotice' | 'log'>,
  notice: Notice,
  delayMs: number,
): Promise<void> => {
  try {
    await sendNotice(notice, delayMs);
  } catch (error) {
    log('warn', 'notice.not_sent', { kind: notice.kind, tenant: notice.tenant, ...errorFields(error) });
  }
};
