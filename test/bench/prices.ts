/** Public prices in US dollars, us-east-1, on demand, without free tiers; as published in 2026. */
import type { Counts } from './meter.ts';

export const perMillion = {
  writeUnit: 0.625,
  readUnit: 0.125,
  sqsRequest: 0.4,
  httpApiRequest: 1.0,
  invocation: 0.2,
} as const;

/** One GB-second on arm64. */
export const perGigabyteSecond = 0.000_013_333_4;

export interface Billed extends Counts {
  readonly httpRequests: number;
  readonly invocations: number;
}

/**
 * Dollars per million cancellations, from counts per cancellation. Compute time is left out: it is mostly the wait for
 * the provider, which is not ours to measure here. So are logs, and the reads of secrets: each process reads an account's
 * once in five minutes, at $5 per million, however much it cancels.
 */
export const dollarsPerMillion = (counts: Billed): number =>
  counts.writeUnits * perMillion.writeUnit +
  counts.readUnits * perMillion.readUnit +
  (counts.sqsSends + counts.sqsReceives + counts.sqsDeletes) * perMillion.sqsRequest +
  counts.httpRequests * perMillion.httpApiRequest +
  counts.invocations * perMillion.invocation;
