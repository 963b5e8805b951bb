/**
 * The processes that are killed: the local stack with its functions, and the AWS services behind it, which it reaches
 * through faulty proxies alone. Whatever is killed starts again on the same data.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetQueueAttributesCommand, ListQueuesCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { childrenOf, functionOf } from '../function-processes.ts';
import { sqsAt } from './dead-letters.ts';
import type { Dice } from './dice.ts';
import { type FaultyProxy, startFaultyProxy } from './faulty-proxy.ts';

export interface Machine {
  /** The gateway; the same after each start. */
  readonly url: string;
  readonly proxies: Readonly<Record<'dynamodb' | 'sqs', FaultyProxy>>;
  /** The services themselves, past the proxies. */
  endpoints(): AwsEndpoints;
  /** Which share of the calls to AWS goes wrong from now on; while the stack starts it is none. */
  setTrouble(probability: number): void;
  /** Kills one process of one function. @returns the function's name; null when there was none to kill */
  killFunction(dice: Dice): string | null;
  /** Kills the stack, or the services with it, and starts it again. */
  killStack(withServices: boolean): Promise<void>;
  /** All that the stack wrote to its standard output and error. */
  printed(): string;
  close(): Promise<void>;
}

export interface MachineOptions {
  readonly dataDir: string;
  /** Settings by name, keys and providers' addresses included. */
  readonly environment: Readonly<Record<string, string>>;
  /** How soon a message comes back that nobody deleted. The template's six minutes would outlast the run. */
  readonly visibilitySeconds: number;
  readonly dice: Dice;
}

const awsEndpoints = z.object({ dynamodb: z.string(), sqs: z.string() });
type AwsEndpoints = z.output<typeof awsEndpoints>;

const readyMs = 60_000;
/** Within and beyond the three seconds that a function waits for one answer. */
const stallMs = [200, 4_500] as const;

export const startMachine = async (options: MachineOptions): Promise<Machine> => {
  const { dataDir, dice, visibilitySeconds } = options;
  const proxies = {
    dynamodb: await startFaultyProxy({ service: 'dynamodb', dice, stallMs }),
    sqs: await startFaultyProxy({ service: 'sqs', dice, stallMs }),
  };
  let printed = '';
  let trouble = 0;
  let port = '0';
  let url = '';
  let endpoints: AwsEndpoints = { dynamodb: '', sqs: '' };
  let services: ChildProcess | undefined;
  let stack: ChildProcess | undefined;

  const start = (script: string, args: readonly string[], environment: Readonly<Record<string, string>>) => {
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], {
      env: { PATH, HOME, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, which dies as one.
      detached: true,
    });
    living.add(child);
    child.once('exit', () => living.delete(child));
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk;
        printed += chunk;
      });
    }
    const firstLine = async (pattern: RegExp): Promise<string> => {
      for (const end = Date.now() + readyMs; Date.now() < end; await sleep(20)) {
        const found = pattern.exec(said)?.[1];
        if (found !== undefined) return found;
        if (child.exitCode !== null) break;
      }
      throw new Error(`${script} did not start: ${said}`);
    };
    return { child, firstLine };
  };

  const startServices = async (): Promise<void> => {
    const started = start('run-aws.ts', [dataDir], {});
    services = started.child;
    endpoints = awsEndpoints.parse(JSON.parse(await started.firstLine(/^(\{.*\})$/m)));
    proxies.dynamodb.setTarget(endpoints.dynamodb);
    proxies.sqs.setTarget(endpoints.sqs);
  };

  const startStack = async (...args: readonly string[]): Promise<void> => {
    for (const proxy of Object.values(proxies)) proxy.setTrouble(0);
    const started = start('../integration/end-to-end/run-stack.ts', args, {
      ...options.environment,
      SIMULATORS: 'off',
      DATA_DIR: dataDir,
      PORT: port,
      DYNAMODB_ENDPOINT: proxies.dynamodb.endpoint,
      SQS_ENDPOINT: proxies.sqs.endpoint,
    });
    stack = started.child;
    url = await started.firstLine(/rescind ready (\S+)\n/);
    port = new URL(url).port;
    await setVisibility(endpoints.sqs, visibilitySeconds);
    for (const proxy of Object.values(proxies)) proxy.setTrouble(trouble);
  };

  await startServices();
  await startStack();
  return {
    url,
    proxies,
    endpoints: () => endpoints,
    setTrouble(probability) {
      trouble = probability;
      for (const proxy of Object.values(proxies)) proxy.setTrouble(probability);
    },
    killFunction: (killDice) => killOneFunction(stack?.pid ?? 0, killDice),
    async killStack(withServices) {
      await killGroup(stack);
      if (withServices) {
        await killGroup(services);
        await startServices();
      }
      // With the assembly of the first start it is back in a fraction of the time.
      await startStack(join(dataDir, 'cdk.out'));
    },
    printed: () => printed,
    async close() {
      await killGroup(stack);
      await killGroup(services);
      for (const proxy of Object.values(proxies)) await proxy.close();
    },
  };
};

/** Groups of their own outlive a Ctrl-C: they are ended with this process. */
const living = new Set<ChildProcess>();
process.on('exit', () => {
  for (const { pid } of living) if (pid !== undefined) signalGroup(pid);
});

const signalGroup = (pid: number): boolean => {
  try {
    return process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
    return false;
  }
};

const killGroup = async (child: ChildProcess | undefined): Promise<void> => {
  if (child?.pid === undefined) return;
  const { pid } = child;
  signalGroup(pid);
  while (child.exitCode === null && child.signalCode === null) await sleep(5);
  // Until none of the group is left: a file that one still holds could be written to.
  while (signalGroup(pid)) await sleep(5);
};

/** What most depends on surviving is killed most. */
const weights: Readonly<Record<string, number>> = { dispatch: 5, api: 3, webhook: 2, sweep: 2 };

const killOneFunction = (stackPid: number, dice: Dice): string | null => {
  const candidates = childrenOf(stackPid).flatMap((pid) => {
    const name = functionOf(pid);
    return name === null ? [] : Array.from({ length: weights[name] ?? 1 }, () => ({ pid, name }));
  });
  const [first, ...others] = candidates;
  if (first === undefined) return null;
  const chosen = dice.pick([first, ...others]);
  try {
    process.kill(chosen.pid, 'SIGKILL');
    return chosen.name;
  } catch {
    // Ended by itself meanwhile.
    return null;
  }
};

/** At the service itself: it is no call of the stack's. */
const setVisibility = async (endpoint: string, seconds: number): Promise<void> => {
  const sqs = sqsAt(endpoint);
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ MaxResults: 1_000 }));
  for (const url of QueueUrls) {
    const QueueUrl = new URL(new URL(url).pathname, endpoint).href;
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['RedrivePolicy'] }),
    );
    if (Attributes?.RedrivePolicy === undefined) continue;
    await sqs.send(
      new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: String(seconds) } }),
    );
  }
  sqs.destroy();
};
