/** The functions as they are deployed, each on a machine of its own: the real use-cases, stores, adapters and clients' code. */
import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { apiOperations } from '../../functions/api/operations.ts';
import { breaker } from '../../functions/dispatch/breaker.ts';
import { oneAtATime } from '../../functions/dispatch/one-at-a-time.ts';
import { pacer } from '../../functions/dispatch/pacer.ts';
import { runHint } from '../../functions/dispatch/run-hint.ts';
import { type SweepReport, sweep } from '../../functions/sweep/sweep.ts';
import { receiveWebhook } from '../../functions/webhook/receive-webhook.ts';
import { ConflictError, type Telling } from '../../shared/cancellation/apply.ts';
import { queueUrlName } from '../../shared/environment.ts';
import type { Log } from '../../shared/log.ts';
import { connections } from '../../shared/providers/connections.ts';
import { providerNamed, providerNames } from '../../shared/providers/registry.ts';
import { verificationKeys } from '../../shared/providers/verification-keys.ts';
import { mappingConcurrency } from '../../shared/queue/concurrency.ts';
import { hintSender, parseHint } from '../../shared/queue/hints.ts';
import { credentialsReader } from '../../shared/secrets/account-secrets.ts';
import { accountPauses } from '../../shared/store/account-pauses.ts';
import { accountReads } from '../../shared/store/account-reads.ts';
import { accountStore } from '../../shared/store/accounts.ts';
import { creationStore } from '../../shared/store/creations.ts';
import { detailsStore } from '../../shared/store/details.ts';
import { requestImages } from '../../shared/store/request-images.ts';
import { requestStore } from '../../shared/store/requests.ts';
import { signLinkStore } from '../../shared/store/sign-links.ts';
import { wishDetailsStore } from '../../shared/store/wish-details.ts';
import type { Clients, clientPool } from './clients.ts';
import { Machine, type Surroundings as MachineSurroundings, type Role, Trouble } from './machine.ts';
import type { Message } from './messages.ts';
import { callFrom, fetchFrom } from './network.ts';
import { addresses } from './providers/models.ts';
import type { SiteAccount } from './providers/site.ts';
import type { Rules } from './rules.ts';
import type { Scenario } from './scenario.ts';
import { sealing } from './sealing.ts';
import type { MemoryDynamoDB } from './store/memory-dynamodb.ts';

export interface Surroundings extends MachineSurroundings {
  readonly scenario: Scenario;
  readonly table: MemoryDynamoDB;
  readonly rules: Rules;
  readonly accounts: readonly SiteAccount[];
  readonly network: Parameters<typeof callFrom>[0];
  readonly takeClients: ReturnType<typeof clientPool>;
  readonly sendMessage: (provider: string, body: string, delaySeconds: number) => void;
}

export const tableName = 'requests';
export const retentionDays = 400;
const secretPrefix = 'simulated/';
/** As the template has them. */
const timeouts: Readonly<Record<Role, number>> = {
  api: 29_000,
  dispatch: 60_000,
  webhook: 15_000,
  sweep: 60_000,
};
const wrapUpMs = 5_000;
const deliveriesMs = 15_000;
const queueUrl = 'https://sqs.test/';
for (const name of providerNames) process.env[queueUrlName(name)] = `${queueUrl}${name}`;

const nobody: Telling = { isWanted: async () => false, sendHint: async () => undefined };

export const logOf =
  ({ rules }: Surroundings): Log =>
  (level, event, fields) =>
    rules.logged(level, event, fields);

/** A new process of a function. */
const start = (role: Role, name: string, surroundings: Surroundings) => {
  const machine = new Machine(role, name, surroundings);
  const { chance, faults, table, rules, takeClients } = surroundings;
  const latency = (): number =>
    chance.happens('slow store', 0.02) ? chance.between('store', 100, 2_500) : chance.between('store', 1, 25);
  const execute = (command: object): object => {
    if (faults.strikes('store-refuses')) throw new Trouble('the store did not take it');
    rules.writer = machine;
    try {
      const answer = table.execute(command);
      // The client's own second try of what had been done.
      if (isWrite(command) && faults.strikes('store-repeats-write')) return table.execute(command);
      if (faults.strikes('store-loses-answer')) throw new Trouble('the store did not answer');
      return answer;
    } finally {
      rules.writer = null;
    }
  };
  const clients: Clients = takeClients({
    dynamoDB: (command) => machine.reach(command.constructor.name, latency(), () => execute(command)),
    sqs: (command) =>
      machine.reach('SendMessage', chance.between('send', 1, 20), () => {
        if (!(command instanceof SendMessageCommand)) throw new Error(command.constructor.name);
        if (faults.strikes('queue-refuses')) throw new Trouble('the queue did not take it');
        const { QueueUrl = '', MessageBody = '', DelaySeconds = 0 } = command.input;
        surroundings.sendMessage(QueueUrl.slice(queueUrl.length), MessageBody, DelaySeconds);
        return {};
      }),
    secretsManager: (command) =>
      machine.reach('GetSecretValue', chance.between('secret', 1, 25), () => {
        if (!(command instanceof GetSecretValueCommand)) throw new Error(command.constructor.name);
        const owner = surroundings.accounts.find(
          ({ tenant, uid }) => `${secretPrefix}${tenant}/${uid}` === command.input.SecretId,
        );
        if (owner === undefined) throw new Error('no such secret');
        return { SecretString: JSON.stringify({ current: owner.credentials, previous: [] }) };
      }),
  });
  return { machine, clients };
};

const isWrite = (command: object): boolean =>
  command instanceof PutItemCommand ||
  command instanceof UpdateItemCommand ||
  command instanceof DeleteItemCommand;

/** What every function has. */
const commonPorts = (surroundings: Surroundings, machine: Machine, { sqs }: Clients) => ({
  sendHint: hintSender(sqs, sqs),
  telling: nobody,
  policy: surroundings.scenario.policy,
  now: machine.now,
  dice: machine.dice,
  log: logOf(surroundings),
});

/** What a function threw is a fault of the code, unless something that it used had failed. */
const complain = ({ rules }: Surroundings, error: unknown): void => {
  if (error instanceof Trouble || error instanceof ConflictError) return;
  rules.broken('no function throws', error instanceof Error ? (error.stack ?? error.message) : String(error));
};

export interface Dispatcher {
  readonly machine: Machine;
  /** @returns the messages that may be deleted; never, when it dies */
  handle(messages: readonly Message[]): Promise<readonly Message[]>;
}

export const startDispatcher = (surroundings: Surroundings, name: string): Dispatcher => {
  const { machine, clients } = start('dispatch', name, surroundings);
  const { dynamoDB, secretsManager } = clients;
  const { now } = machine;
  const { policy } = surroundings.scenario;
  const accounts = { ...accountReads(dynamoDB, tableName), ...accountPauses(dynamoDB, tableName) };
  const readCredentials = credentialsReader(secretsManager, secretPrefix, now);
  const call = callFrom(surroundings.network, machine);
  const ports = {
    ...commonPorts(surroundings, machine, clients),
    requests: requestImages(dynamoDB, tableName, retentionDays),
    accounts,
    breaker: breaker({ accounts, policy, now }),
    permission: pacer({
      accounts,
      now,
      dice: machine.dice,
      sleep: machine.sleep,
      workers: mappingConcurrency * providerNames.length,
    }),
    wishDetails: wishDetailsStore(dynamoDB, tableName, retentionDays),
    details: detailsStore(dynamoDB, tableName),
    signLinks: signLinkStore(dynamoDB, tableName),
    creations: creationStore(dynamoDB, tableName, sealing),
    call,
    guardedCall: fetchFrom(surroundings.network, machine),
    allowLoopback: false,
    publicBaseUrl: 'https://rescind.test',
    oneAtATime: oneAtATime(),
    providerNamed,
    connect: connections({ call, environment: addresses, now }),
    credentialsOf: async (account: Parameters<typeof readCredentials>[0], fresh: boolean) =>
      (await readCredentials(account, { fresh }))?.current ?? null,
    callTimeoutMs: () => Math.max(1, Math.min(policy.callMs, machine.remainingMs() - wrapUpMs)),
  };
  const handleOne = async (message: Message): Promise<readonly Message[]> => {
    const hint = parseHint(message.body);
    if (hint === null) {
      surroundings.rules.broken('no function throws', `a malformed hint: ${message.body}`);
      return [message];
    }
    try {
      await runHint(ports, hint, message.receives);
      return [message];
    } catch (error) {
      complain(surroundings, error);
      return [];
    }
  };
  return {
    machine,
    async handle(messages) {
      machine.begin(timeouts.dispatch);
      const done = await Promise.all(messages.map(handleOne));
      machine.isBusy = false;
      surroundings.rules.ended(machine);
      return done.flat();
    },
  };
};

export const startApi = (surroundings: Surroundings, name: string) => {
  const { machine, clients } = start('api', name, surroundings);
  const { dynamoDB } = clients;
  const operations = apiOperations({
    ...commonPorts(surroundings, machine, clients),
    requests: requestStore(dynamoDB, tableName, retentionDays),
    wishDetails: wishDetailsStore(dynamoDB, tableName, retentionDays),
    details: detailsStore(dynamoDB, tableName),
    signLinks: signLinkStore(dynamoDB, tableName),
    creations: creationStore(dynamoDB, tableName, sealing),
    accounts: accountStore(dynamoDB, tableName),
    publicBaseUrl: 'https://rescind.test',
    sleep: machine.sleep,
  });
  return { machine, operations, begin: () => machine.begin(timeouts.api) };
};
export type Api = ReturnType<typeof startApi>;

export const startWebhook = (surroundings: Surroundings, name: string) => {
  const { machine, clients } = start('webhook', name, surroundings);
  const { dynamoDB, secretsManager } = clients;
  const { now } = machine;
  const call = callFrom(surroundings.network, machine);
  const ports = {
    ...commonPorts(surroundings, machine, clients),
    requests: requestImages(dynamoDB, tableName, retentionDays),
    accounts: accountStore(dynamoDB, tableName),
    providerNamed,
    credentialsOf: credentialsReader(secretsManager, secretPrefix, now),
    verificationKey: verificationKeys({
      call,
      connect: connections({ call, environment: addresses, now }),
      now,
      timeoutMs: 3_000,
    }),
  };
  return {
    machine,
    begin: () => machine.begin(timeouts.webhook),
    receive: (request: Parameters<typeof receiveWebhook>[1]) => receiveWebhook(ports, request),
  };
};
export type Webhook = ReturnType<typeof startWebhook>;

export const startSweep = (surroundings: Surroundings, name: string) => {
  const { machine, clients } = start('sweep', name, surroundings);
  const ports = {
    ...commonPorts(surroundings, machine, clients),
    requests: requestStore(clients.dynamoDB, tableName, retentionDays),
    remainingMs: () => machine.remainingMs() - deliveriesMs,
  };
  return {
    machine,
    /** @returns null when something failed on the way */
    async run(): Promise<SweepReport | null> {
      machine.begin(timeouts.sweep);
      try {
        return await sweep(ports);
      } catch (error) {
        complain(surroundings, error);
        return null;
      }
    },
  };
};
