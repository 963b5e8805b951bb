/** How many cancellations are accepted in a second, in turns with a bare loop of the same calls. */
import { setTimeout as sleep } from 'node:timers/promises';
import { acceptMix, type CallMix } from './bare-loop.ts';
import { type BareLoops, startBareLoops } from './bare-loops.ts';
import { type LoadClient, tenant } from './client.ts';
import { closedLoop } from './closed-loop.ts';
import { median } from './open-loop.ts';

/** The accept rate must be so much of the bare loops' at least. */
export const leastRatio = 0.7;

const warmUpRounds = 2;
const roundMs = 6_000;
const accountCount = 20;
const drainMs = 120_000;
/** Its limit is the highest, so that nothing is put off until a round is over. */
const provider = 'box-sign';

interface Round {
  readonly accepted: number;
  /** Bare loops of what accepting calls, and of all that was called meanwhile for a cancellation. */
  readonly bareAccept: number;
  readonly bareAll: number;
  readonly mix: CallMix;
  /** Processor time in ms for each cancellation, and for each cycle of the bare loop of all calls. */
  readonly spent: Readonly<Record<string, number>>;
  readonly bareSpent: Readonly<Record<string, number>>;
}

/** @returns whether the rate is high enough, however many ask at once */
export const acceptRate = async (
  client: LoadClient,
  { rounds, atOnce }: { readonly rounds: number; readonly atOnce: readonly number[] },
  print: (line: string) => void,
): Promise<boolean> => {
  const accounts = await client.openAccounts(provider, accountCount, 'rate');
  const { id } = await client.cancel(provider, accounts[0] ?? '');
  const ratios: number[] = [];
  for (const clients of atOnce) {
    const bare = await startBareLoops(client.stack, tenant, id, clients);
    ratios.push(await compare(() => runRound(client, accounts, bare, clients), clients, rounds, print));
    bare.close();
  }
  return ratios.every((ratio) => ratio >= leastRatio);
};

/** @returns the median of the rounds' ratios to the bare loop of all calls */
const compare = async (
  round: () => Promise<Round>,
  atOnce: number,
  rounds: number,
  print: (line: string) => void,
): Promise<number> => {
  print(`\n${atOnce} at once`);
  // Not counted: processes start, their code is compiled, and whatever is remembered is learnt.
  for (let n = 0; n < warmUpRounds; n += 1) await round();
  const done: Round[] = [];
  for (let n = 0; n < rounds; n += 1) {
    const one = await round();
    done.push(one);
    print(
      `round ${n + 1}: accepted ${one.accepted.toFixed(1)}/s; bare loop of accepting ${one.bareAccept.toFixed(1)}/s ` +
        `(${(one.accepted / one.bareAccept).toFixed(2)}), of all that was called ${one.bareAll.toFixed(1)}/s ` +
        `(${(one.accepted / one.bareAll).toFixed(2)})`,
    );
  }
  const last = done.at(-1);
  if (last !== undefined) {
    print(`calls for each that was accepted, in its round: ${listed(last.mix)}`);
    print(`processor ms for each: ${listed(last.spent)}; of the bare loop: ${listed(last.bareSpent)}`);
  }
  const ratio = median(done.map(({ accepted, bareAll }) => accepted / bareAll));
  const ofAccepting = median(done.map(({ accepted, bareAccept }) => accepted / bareAccept));
  print(
    `accept rate, ${atOnce} at once: ${median(done.map(({ accepted }) => accepted)).toFixed(1)}/s (median of ${rounds}); ` +
      `of the bare loop of all calls ${ratio.toFixed(2)} (at least ${leastRatio}), of accepting's own calls ${ofAccepting.toFixed(2)}`,
  );
  return ratio;
};

const runRound = async (
  client: LoadClient,
  accounts: readonly string[],
  bare: BareLoops,
  atOnce: number,
): Promise<Round> => {
  const before = await client.stack.counts();
  const processorBefore = processorMs(client);
  let next = 0;
  const post = async (): Promise<void> => {
    next += 1;
    await client.cancel(provider, accounts[next % accounts.length] ?? '');
  };
  const { done, perSecond } = await closedLoop(post, atOnce, roundMs);
  const spent = since(processorBefore, processorMs(client), done);
  const { calls } = await client.stack.counts();
  const mix = mixOf(calls, done);
  await drained(client, before.settled + done);
  const bareAccept = await bare.run(acceptMix, roundMs / 2);
  const processorBetween = { ...processorMs(client), loops: bare.processorMs() };
  const bareAll = await bare.run(mix, roundMs);
  const processorAfter = { ...processorMs(client), loops: bare.processorMs() };
  const bareSpent = since(processorBetween, processorAfter, bareAll.done);
  const [accept, all] = [bareAccept.perSecond, bareAll.perSecond];
  return { accepted: perSecond, bareAccept: accept, bareAll: all, mix, spent, bareSpent };
};

/** The bare loop must have the machine to itself. */
const drained = async ({ stack }: LoadClient, settled: number): Promise<void> => {
  for (const end = Date.now() + drainMs; (await stack.counts()).settled < settled; await sleep(100)) {
    if (Date.now() > end) throw new Error('the cancellations of a round do not end');
  }
};

/** Updates count as puts, queries as gets: the bare loop has one of each kind. */
const mixOf = (calls: Readonly<Record<string, number>>, cancellations: number): CallMix => {
  const of = (...names: readonly string[]): number =>
    names.reduce((sum, name) => sum + (calls[name] ?? 0), 0) / cancellations;
  return {
    gets: of('dynamodb.GetItem', 'dynamodb.Query'),
    puts: of('dynamodb.PutItem', 'dynamodb.UpdateItem', 'dynamodb.DeleteItem'),
    sends: of('sqs.SendMessage'),
    receives: of('sqs.ReceiveMessage'),
    deletes: of('sqs.DeleteMessageBatch'),
  };
};

const listed = (counts: Readonly<Record<string, number>> | CallMix): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${Number(count).toFixed(2)}`)
    .join(', ');

/** The driver is this process: clients and simulated providers. */
const processorMs = ({ stack }: LoadClient): Readonly<Record<string, number>> => {
  const { user, system } = process.cpuUsage();
  return { driver: (user + system) / 1_000, ...stack.processorMs() };
};

const since = (
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
  count: number,
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(after)
      .map(([name, ms]) => [name, (ms - (before[name] ?? 0)) / count] as const)
      .filter(([, ms]) => ms >= 0.05),
  );
