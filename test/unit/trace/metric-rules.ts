/** The published rules of CloudWatch's embedded metric format: a line that breaks one is no metric. */
import * as z from 'zod/mini';

/** What MetricDatum calls standard units. */
const units = [
  'Seconds',
  'Microseconds',
  'Milliseconds',
  'Bytes',
  'Kilobytes',
  'Megabytes',
  'Gigabytes',
  'Terabytes',
  'Bits',
  'Kilobits',
  'Megabits',
  'Gigabits',
  'Terabits',
  'Percent',
  'Count',
  'Bytes/Second',
  'Kilobytes/Second',
  'Megabytes/Second',
  'Gigabytes/Second',
  'Terabytes/Second',
  'Bits/Second',
  'Kilobits/Second',
  'Megabits/Second',
  'Gigabits/Second',
  'Terabits/Second',
  'Count/Second',
  'None',
] as const;
const text = (longest: number) => z.string().check(z.minLength(1), z.maxLength(longest));
export const envelope = z.strictObject({
  Timestamp: z.number().check(z.int(), z.minimum(1_600_000_000_000), z.maximum(4_000_000_000_000)),
  CloudWatchMetrics: z
    .array(
      z.strictObject({
        Namespace: text(255).check(z.regex(/^[A-Za-z0-9._/#:-]+$/), z.regex(/^[^:]/)),
        Dimensions: z.array(z.array(text(250)).check(z.minLength(1), z.maxLength(30))).check(z.minLength(1)),
        Metrics: z
          .array(
            z.strictObject({
              Name: text(255),
              Unit: z.optional(z.enum(units)),
              StorageResolution: z.optional(z.union([z.literal(1), z.literal(60)])),
            }),
          )
          .check(z.minLength(1), z.maxLength(100)),
      }),
    )
    .check(z.minLength(1)),
});

/** @throws Error for a line whose metrics CloudWatch would not take. @returns what it would take, by name and dimensions */
export const metricsIn = (line: string): ReadonlyMap<string, number> => {
  if (Buffer.byteLength(line) > 256 * 1024) throw new Error('longer than a log event may be');
  const root = z.record(z.string(), z.unknown()).parse(JSON.parse(line));
  const found = new Map<string, number>();
  for (const { Dimensions, Metrics } of envelope.parse(root['_aws']).CloudWatchMetrics) {
    for (const set of Dimensions) {
      if (new Set(set).size !== set.length) throw new Error('a dimension stands twice in one set');
      // What a set names is a member of the root, and text.
      const dimensions = set.map((name) => `${name}=${text(1024).parse(root[name])}`);
      for (const { Name } of Metrics) {
        const key = [Name, ...dimensions].join(' ');
        if (found.has(key)) throw new Error(`${key} stands twice`);
        found.set(key, z.number().parse(root[Name]));
      }
    }
  }
  return found;
};
