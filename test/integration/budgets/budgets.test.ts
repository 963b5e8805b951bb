/** The budgets, asserted from counted calls on the real template and bundles. `npm run bench` prints them all. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { providerNames } from '../../../shared/providers/registry.ts';
import { type Bench, openBench } from '../../bench/measure.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

/** On a busy machine a step may take so long that another looks after it: a budget is what a cancellation costs in peace. */
const inPeace = { retry: 2 };

test.each(providerNames)(
  'a confirmed cancellation at %s stays within its budget',
  inPeace,
  async (provider) => {
    await bench.measure(provider, 1, 1);
    for (const { count, atOnce } of [
      { count: 3, atOnce: 1 },
      { count: 10, atOnce: 10 },
    ]) {
      const { writeUnits, sqsSends, sqsReceives, sqsDeletes, invocations } = await bench.measure(
        provider,
        count,
        atOnce,
      );
      expect(writeUnits).toBeLessThanOrEqual(6);
      expect(sqsSends + sqsReceives + sqsDeletes).toBeLessThanOrEqual(3);
      expect(invocations).toBeLessThanOrEqual(3);
      // A meter that counts nothing would pass the bounds above.
      expect(writeUnits).toBeGreaterThanOrEqual(3);
      expect(sqsSends).toBeGreaterThanOrEqual(1);
    }
  },
);

test('no bundle is larger than 300 KB', async () => {
  for (const { definition } of bench.stack.functions.values()) {
    const { size } = await stat(join(definition.codeDirectory, 'index.mjs'));
    expect(size, definition.name).toBeLessThanOrEqual(300 * 1024);
  }
});
