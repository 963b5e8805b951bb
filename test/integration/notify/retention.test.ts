/** How long the record of an event is kept: never shorter than it is still to be attempted. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Instant } from '../../../shared/domain/ids.ts';
import type { Delivery } from '../../../shared/notify/delivery.ts';
import type { EndpointUid } from '../../../shared/notify/endpoint.ts';
import { deliveryStore } from '../../../shared/store/deliveries.ts';
import { hours, openStage, type Stage } from './stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const pending = (nextAt: number): Delivery => ({
  tenant: stage.tenant,
  endpoint: 'e'.repeat(24) as EndpointUid,
  position: `${new Date(stage.now()).toISOString()}#evt_${'a'.repeat(32)}`,
  state: 'pending',
  failure: null,
  body: '{}',
  count: 1,
  attempts: [],
  nextAt: nextAt as Instant,
  keptUntil: null,
});

test('a pending one is kept for a day after its next attempt, and never for less than it was', async () => {
  const store = deliveryStore(stage.server.dynamoDB, stage.server.tableName, 1);
  const begun = stage.now();
  const keptUntil = async () => ((await store.get(fresh, stage.now()))?.keptUntil ?? 0) - begun;
  const fresh = pending(begun + 5_000);
  await store.create(fresh, null, begun);
  expect(await keptUntil()).toBeGreaterThan(hours(24));
  for (const [nextAt, kept] of [
    [begun + hours(30), hours(54)],
    [begun + hours(20), hours(54)],
    [null, hours(54)],
  ] as const) {
    const before = await store.get(fresh, stage.now());
    if (before === null) throw new Error('it is gone');
    expect(await store.save(before, { ...before, nextAt: nextAt as Instant | null }, null)).toBe(true);
    expect(Math.abs((await keptUntil()) - kept)).toBeLessThanOrEqual(1_000);
  }
});
