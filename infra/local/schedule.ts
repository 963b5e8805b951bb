/** EventBridge schedules: invokes a function every so often, and never twice at once. */
import { randomUUID } from 'node:crypto';
import type { ScheduledEvent } from 'aws-lambda';
import type { FunctionPool } from './lambda/function-pool.ts';
import { localAws } from './local-aws.ts';

/** @returns milliseconds. @throws Error for anything but `rate(n unit)`. */
export const parseRate = (expression: string): number => {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const minutes = { minute: 1, hour: 60, day: 1_440 }[unit ?? ''];
  if (minutes === undefined) throw new Error(`the local stack does not know the schedule ${expression}`);
  return Number(count) * minutes * 60_000;
};

export interface Schedule {
  stop(): void;
}

/** The first run is one interval from now. A run that is still going when its time comes again is not doubled. */
export const startSchedule = (
  ruleArn: string,
  intervalMs: number,
  targets: readonly Pick<FunctionPool, 'invoke'>[],
): Schedule => {
  let running = false;
  const timer = setInterval(async () => {
    if (running) return;
    running = true;
    await Promise.all(targets.map((target) => target.invoke(scheduledEvent(ruleArn))));
    running = false;
  }, intervalMs);
  return { stop: () => clearInterval(timer) };
};

const scheduledEvent = (ruleArn: string): ScheduledEvent => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: localAws.accountId,
  time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
  region: localAws.region,
  resources: [ruleArn],
  detail: {},
});
