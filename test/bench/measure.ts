/** Drives confirmed cancellations through a local stack of the real template and bundles, and counts what they cost. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { type LocalStack, startLocalStack } from '../../infra/local/local-stack.ts';
import type { ProviderName } from '../../shared/providers/registry.ts';
import { openAccounts } from './accounts.ts';
import { openMeter } from './meter.ts';
import type { Billed } from './prices.ts';

export interface Bench {
  readonly stack: LocalStack;
  /**
   * Cancels `count` requests, each at an account of its own, `atOnce` at a time, every group confirmed before the next.
   * @returns totals per cancellation
   */
  measure(provider: ProviderName, count: number, atOnce: number): Promise<Billed>;
  close(): Promise<void>;
}

const apiKey = 'bench-key-for-this-machine-only';
const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
/** Rare enough that no sweep runs within a measurement: it serves whatever is stuck, not a cancellation. */
const sweepSeconds = '3600';
/** What comes after a group's last write: acknowledgements and deletions. */
const quietMs = 500;
const patienceMs = 30_000;

export const openBench = async (): Promise<Bench> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'rescind-bench-'));
  const confirmations = openConfirmations();
  let client: DynamoDBClient | undefined;
  const meter = openMeter(() => {
    if (client === undefined) throw new Error('the meter reads images before the stack stands');
    return client;
  });
  let metering = false;
  const stack = await startLocalStack({
    environment: {
      PORT: '0',
      SIMULATOR_PORT: '0',
      DATA_DIR: dataDir,
      RESCIND_API_KEY: apiKey,
      SWEEP_INTERVAL_SECONDS: sweepSeconds,
    },
    watcher: {
      before: (call) => (metering ? meter.watcher.before?.(call) : undefined),
      after: (call, answer) => (metering ? meter.watcher.after?.(call, answer) : undefined),
    },
    print: confirmations.see,
  });
  client = new DynamoDBClient({
    endpoint: stack.endpoints.dynamodb,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

  let measured = 0;
  const measure: Bench['measure'] = async (provider, count, atOnce) => {
    measured += 1;
    const accounts = await openAccounts(stack, headers, provider, `${provider}-${measured}`, count);
    const ids = Array.from({ length: count }, () => seedRequest(stack, provider));
    const before = invocationsOf(stack);
    metering = true;
    meter.take();
    for (let start = 0; start < count; start += atOnce) {
      const group = ids.slice(start, start + atOnce);
      const accepted = await Promise.all(
        group.map((id, n) => cancel(stack.url, accounts[start + n] ?? provider, id)),
      );
      await Promise.all(accepted.map(confirmations.of));
      await pause(quietMs);
    }
    metering = false;
    const after = invocationsOf(stack);
    return perCancellation(
      {
        ...meter.take(),
        invocations: after.all - before.all,
        httpRequests: count + after.webhook - before.webhook,
      },
      count,
    );
  };

  return {
    stack,
    measure,
    close: async () => {
      client.destroy();
      await stack.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
};

/** Learns from the log when a cancellation is confirmed: asking the API would be counted. */
const openConfirmations = () => {
  const seen = new Set<string>();
  const see = (line: string): void => {
    const id = / transition .*\bid=(sr_[0-9a-f]{32}) .*\bto=confirmed\b/.exec(line)?.[1];
    if (id !== undefined) seen.add(id);
  };
  const of = async (id: string): Promise<void> => {
    const giveUpAt = Date.now() + patienceMs;
    while (!seen.has(id)) {
      if (Date.now() > giveUpAt) throw new Error(`${id} was not confirmed within ${patienceMs} ms`);
      await pause(20);
    }
  };
  return { see, of };
};

const invocationsOf = ({ functions }: LocalStack) => ({
  all: [...functions.values()].reduce((sum, pool) => sum + pool.invocations(), 0),
  webhook: functions.get('webhook')?.invocations() ?? 0,
});

const seedRequest = (stack: LocalStack, provider: ProviderName): string => {
  if (stack.simulators === null) throw new Error('the benchmark needs the simulated providers');
  return stack.simulators.control[provider].seed().id;
};

/** As a client does: one POST, answered 202 at once. @returns the request's id */
const cancel = async (url: string, accountId: string, providerRequestId: string): Promise<string> => {
  const body = JSON.stringify({
    account_id: accountId,
    provider_request_id: providerRequestId,
    reason: 'Superseded',
  });
  const response = await fetch(`${url}/v1/cancellations`, { method: 'POST', headers, body });
  if (response.status !== 202) throw new Error(`cancelling was answered ${response.status}`);
  return z.object({ id: z.string() }).parse(await response.json()).id;
};

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const perCancellation = (totals: Billed, count: number): Billed => ({
  writes: totals.writes / count,
  writeUnits: totals.writeUnits / count,
  reads: totals.reads / count,
  readUnits: totals.readUnits / count,
  sqsSends: totals.sqsSends / count,
  sqsReceives: totals.sqsReceives / count,
  sqsEmptyReceives: totals.sqsEmptyReceives / count,
  sqsDeletes: totals.sqsDeletes / count,
  secretReads: totals.secretReads / count,
  invocations: totals.invocations / count,
  httpRequests: totals.httpRequests / count,
});
