/** `npm run test:chaos` in small: the same code, kept from rotting. */
import { expect, test } from 'vitest';
import { runChaos } from '../../chaos/run.ts';

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, count) => all + count, 0);

test('forty cancellations under kills, faults and an outage: none lost, wrong or doubled', async () => {
  const size = {
    seed: Math.floor(Math.random() * 2 ** 31),
    cancellations: 40,
    kills: 4,
    stackKills: 1,
    arrivalMs: 12_000,
    outageMs: 10_000,
  };
  const { findings, breaches, ...report } = await runChaos(size, () => undefined);
  expect({ seed: size.seed, findings, breaches }).toEqual({ seed: size.seed, findings: [], breaches: [] });
  expect(report.accepted).toBe(size.cancellations);
  // A run in which nothing went wrong would show nothing.
  expect(sum(report.kills)).toBe(size.kills);
  expect(sum(report.wireFaults.dynamodb)).toBeGreaterThan(20);
  expect(report.cancelCalls).toBeGreaterThan(size.cancellations / 2);
}, 420_000);
