/**
 * A bundle leaves out much of its packages; above all it carries the classes of a few errors of AWS. The others must
 * arrive all the same, and be told by name.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { buildBundle } from '../../infra/bundle.ts';
import { startEmbeddedDynamoDB } from '../../infra/local/embedded-dynamodb.ts';
import { startEmbeddedSqs } from '../../infra/local/embedded-sqs.ts';
import { closeServer, listenOnLoopback } from '../../infra/local/loopback.ts';
import { startSecretsManager } from '../../infra/local/secrets-manager/server.ts';
import { handledErrors } from '../../infra/trimmed-packages.ts';

type Probe = typeof import('./packages-probe.ts');

let aws: Probe;
let bundled: string;
const parts = new AsyncDisposableStack();

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rescind-trimmed-'));
  parts.defer(() => rm(folder, { recursive: true }));
  const file = join(folder, 'probe.mjs');
  await buildBundle(fileURLToPath(new URL('packages-probe.ts', import.meta.url)), file);
  bundled = await readFile(file, 'utf8');
  const servers = await Promise.all([
    startEmbeddedDynamoDB(join(folder, 'dynamodb')),
    startEmbeddedSqs(join(folder, 'sqs')),
    startSecretsManager(join(folder, 'secrets')),
  ]);
  for (const server of servers) parts.defer(() => server.close());
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    ...endpoints(...servers.map(({ endpoint }) => endpoint)),
  });
  aws = await import(pathToFileURL(file).href);
});
afterAll(() => parts.disposeAsync());

const endpoints = (dynamodb = '', sqs = dynamodb, secretsManager = dynamodb) => ({
  AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
  AWS_ENDPOINT_URL_SQS: sqs,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsManager,
});

const errorOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => null,
    (error: unknown) => error,
  );

test('what no function can use is in no bundle: else a package has changed, and nothing is left out any more', () => {
  const errors = ['BackupInUseException', 'MalformedPolicyDocumentException', 'PurgeQueueInProgress'];
  // Of the hashes written in JavaScript, of the part of zod that only other parts need, of rules for addresses, and of what
  // prepares each call and its answer for a log that nobody reads.
  const others = [
    'loggerMiddleware',
    '1779033703',
    '1732584193',
    'Invalid hex string length',
    'Asia Pacific (Osaka)',
    'dualStackDnsSuffix',
  ];
  expect([...errors, ...others].filter((text) => bundled.includes(text))).toEqual([]);
});

test('what is changed on the way into a bundle works as before', () => {
  expect([aws.tolerant.parse('text'), aws.tolerant.parse(1)]).toEqual(['text', 'unreadable']);
});

describe('the address of a service', () => {
  type EndpointParameters = {
    readonly Region?: string;
    readonly Endpoint?: string;
    readonly UseFIPS?: boolean;
    readonly UseDualStack?: boolean;
  };
  type Client = { config: { endpointProvider(given: EndpointParameters): object } };
  const clients: readonly (readonly [name: string, trimmed: () => Client, whole: Client])[] = [
    ['DynamoDB', () => aws.dynamoDBClient(), new DynamoDBClient()],
    ['SQS', () => aws.sqsClient(), new SQSClient()],
    ['Secrets Manager', () => aws.secretsManagerClient(), new SecretsManagerClient()],
  ];

  test.each(clients)(
    'of %s is the one that its own rules give, in every region',
    async (_, trimmed, whole) => {
      const regions = [...(await everyRegion()), 'us-new-7', 'xx-unheard-of-1'];
      expect(regions.length).toBeGreaterThan(40);
      const addresses = (client: Client) =>
        regions.map((Region) =>
          client.config.endpointProvider({ Region, UseFIPS: false, UseDualStack: false }),
        );
      expect(addresses(trimmed())).toEqual(addresses(whole));
    },
  );

  test.each(clients)('of %s is the one that is configured, where one is', (_, trimmed, whole) => {
    const given = { Region: 'eu-central-1', Endpoint: 'http://127.0.0.1:4566/path' };
    expect(trimmed().config.endpointProvider(given)).toEqual(whole.config.endpointProvider(given));
  });

  test.each(clients)('of %s of another kind is refused, not mistaken', (_, trimmed) => {
    for (const kind of [{ UseFIPS: true }, { UseDualStack: true }]) {
      expect(() => trimmed().config.endpointProvider({ Region: 'eu-central-1', ...kind })).toThrow(
        'left out',
      );
    }
  });
});

/** As the SDK lists them, beside the code that is bundled. */
const everyRegion = async (): Promise<readonly string[]> => {
  const core = import.meta.resolve('@aws-sdk/core/client').replace('dist-cjs', 'dist-es');
  const list = new URL('./util-endpoints/lib/aws/partitions.js', core);
  const { partitionsInfo } = z
    .object({
      partitionsInfo: z.object({
        partitions: z.array(z.object({ regions: z.record(z.string(), z.unknown()) })),
      }),
    })
    .parse(await import(list.href));
  return partitionsInfo.partitions.flatMap(({ regions }) => Object.keys(regions));
};

describe('an error that is told apart by its class', () => {
  test('is of that class: DynamoDB, a condition that does not hold', async () => {
    const client = aws.dynamoDBClient();
    await client.send(
      new aws.CreateTableCommand({
        TableName: 'Table',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    );
    const put = () =>
      client.send(
        new aws.PutItemCommand({
          TableName: 'Table',
          Item: { pk: { S: 'one' } },
          ConditionExpression: 'attribute_exists(pk)',
        }),
      );
    await expect(put()).rejects.toBeInstanceOf(aws.ConditionalCheckFailedException);
  });

  test('is of that class: Secrets Manager, a secret that is not there', async () => {
    const get = new aws.GetSecretValueCommand({ SecretId: 'none' });
    await expect(aws.secretsManagerClient().send(get)).rejects.toBeInstanceOf(aws.ResourceNotFoundException);
  });
});

describe('any other error', () => {
  test('arrives with its name and its status', async () => {
    const secret = () => new aws.CreateSecretCommand({ Name: 'secret', SecretString: 'text' });
    await aws.secretsManagerClient().send(secret());
    const queryCode = 'AWS.SimpleQueueService.NonExistentQueue';
    const noQueue = `${process.env['AWS_ENDPOINT_URL_SQS']}/000000000000/none`;
    const errors = await Promise.all(
      [
        aws.dynamoDBClient().send(new aws.GetItemCommand({ TableName: 'none', Key: { pk: { S: 'one' } } })),
        aws.sqsClient().send(new aws.SendMessageCommand({ QueueUrl: noQueue, MessageBody: 'text' })),
        aws.secretsManagerClient().send(secret()),
      ].map(errorOf),
    );
    const expected = ['ResourceNotFoundException', queryCode, 'ResourceExistsException'];
    for (const [index, error] of errors.entries()) {
      expect(error).toBeInstanceOf(Error);
      expect(error).toMatchObject({
        name: expected[index],
        message: expect.stringMatching(/./),
        $fault: 'client',
        $metadata: { httpStatusCode: 400 },
      });
      expect(aws.isPassing(error)).toBe(false);
    }
  });
});

/** What each service says when it is asked too often, as its own documentation spells it on the wire. */
const throttled = {
  DynamoDB: ['com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException', ''],
  'DynamoDB, by the account': ['com.amazon.coral.availability#ThrottlingException', ''],
  SQS: ['com.amazonaws.sqs#RequestThrottled', 'RequestThrottled;Sender'],
  'Secrets Manager': ['ThrottlingException', ''],
} as const;

describe('throttling', () => {
  /** What the clients check of an answer: SQS's repeats the checksum of the message. */
  const taken = { MD5OfMessageBody: createHash('md5').update('text').digest('hex') };
  /** Refuses `refusals` calls, then takes them. */
  const serve = async (type: string, queryError: string, refusals: number) => {
    let calls = 0;
    const server = createServer((request, response) => {
      request.resume();
      calls += 1;
      const refuse = calls <= refusals;
      response.writeHead(refuse ? 400 : 200, {
        'content-type': 'application/x-amz-json-1.0',
        ...(queryError === '' ? {} : { 'x-amzn-query-error': queryError }),
      });
      response.end(JSON.stringify(refuse ? { __type: type, message: 'Rate exceeded' } : taken));
    });
    parts.defer(() => closeServer(server));
    const endpoint = `http://127.0.0.1:${await listenOnLoopback(server, 0)}`;
    Object.assign(process.env, endpoints(endpoint));
    return { endpoint, calls: () => calls };
  };
  const call = (service: string, endpoint: string): Promise<unknown> => {
    if (service === 'SQS') {
      return aws
        .sqsClient()
        .send(new aws.SendMessageCommand({ QueueUrl: `${endpoint}/0/queue`, MessageBody: 'text' }));
    }
    if (service === 'Secrets Manager') {
      return aws.secretsManagerClient().send(new aws.GetSecretValueCommand({ SecretId: 'secret' }));
    }
    return aws
      .dynamoDBClient()
      .send(new aws.GetItemCommand({ TableName: 'Table', Key: { pk: { S: 'one' } } }));
  };

  test.each(Object.entries(throttled))('of %s is tried again', async (service, [type, queryError]) => {
    const server = await serve(type, queryError, 2);
    await call(service, server.endpoint);
    expect(server.calls()).toBe(3);
  });

  test.each(Object.entries(throttled))(
    'of %s that lasts is a passing trouble',
    async (service, [type, queryError]) => {
      const server = await serve(type, queryError, 9);
      const error = await errorOf(call(service, server.endpoint));
      expect(server.calls()).toBe(3);
      expect(error).toMatchObject({
        name: type.replace(/^.*#/, ''),
        $metadata: { httpStatusCode: 400, attempts: 3 },
      });
      expect(aws.isPassing(error)).toBe(true);
    },
  );
});

describe('the list of errors that keep their class', () => {
  test('is what functions and their shared parts import', async () => {
    const imported = new Map(Object.keys(handledErrors).map((client) => [client, new Set<string>()]));
    for (const { client, names } of await sdkImports()) {
      const module: Readonly<Record<string, unknown>> = await import(`@aws-sdk/${client}`);
      for (const name of names.filter((each) => isErrorClass(module[each]))) imported.get(client)?.add(name);
    }
    const found = Object.fromEntries([...imported].map(([client, names]) => [client, [...names].sort()]));
    expect(found).toEqual(handledErrors);
  });
});

const isErrorClass = (value: unknown): boolean =>
  typeof value === 'function' && value.prototype instanceof Error;

/** What each import statement of an AWS client names, types left out. */
const sdkImports = async (): Promise<{ client: string; names: string[] }[]> => {
  const root = new URL('../../', import.meta.url);
  const files = await Promise.all(
    ['functions/', 'shared/'].map(async (folder) =>
      (await readdir(new URL(folder, root), { recursive: true }))
        .filter((file) => file.endsWith('.ts'))
        .map((file) => new URL(folder + file, root)),
    ),
  );
  const sources = await Promise.all(files.flat().map((file) => readFile(file, 'utf8')));
  return sources.flatMap((source) =>
    [...source.matchAll(/^import \{([^}]*)\} from '@aws-sdk\/(client-[a-z-]+)';$/gm)].map(
      ([, names = '', client = '']) => ({
        client,
        names: names
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '' && !name.startsWith('type ')),
      }),
    ),
  );
};
