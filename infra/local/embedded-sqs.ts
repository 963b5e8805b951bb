/** SQS on this machine: fauxqs over SQLite files. Messages in flight stay invisible over a restart, as on AWS. */
import { type BuildAppOptions, buildApp } from 'fauxqs';
import {
  AccessDenied,
  type AwsCall,
  type AwsWatcher,
  callerOf,
  operationOf,
  parseJson,
} from './aws-calls.ts';
import type { EmbeddedServer } from './embedded-dynamodb.ts';
import { localAws } from './local-aws.ts';

type Stores = NonNullable<BuildAppOptions['stores']>;
type Persistence = NonNullable<Stores['sqsStore']['persistence']>;

/**
 * The package's own start function binds every interface, so the app is built and bound here. Its stores are not
 * exported by name; they are loaded by their place beside the entry file, and the exact version is pinned.
 */
const loadParts = async () => {
  const entry = import.meta.resolve('fauxqs');
  const load = (file: string) => import(new URL(file, entry).href);
  const [sqs, sns, s3, persistence] = await Promise.all([
    load('./sqs/sqsStore.js'),
    load('./sns/snsStore.js'),
    load('./s3/s3Store.js'),
    load('./persistence.js'),
  ]);
  return {
    SqsStore: sqs.SqsStore as new () => Stores['sqsStore'],
    SnsStore: sns.SnsStore as new () => Stores['snsStore'],
    S3Store: s3.S3Store as new () => Stores['s3Store'],
    PersistenceManager: persistence.PersistenceManager as new (path: string) => Persistence,
  };
};

/** @param path folder of the data */
export const startEmbeddedSqs = async (path: string, watcher: AwsWatcher = {}): Promise<EmbeddedServer> => {
  const { SqsStore, SnsStore, S3Store, PersistenceManager } = await loadParts();
  const stores: Stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  const persistence = new PersistenceManager(path);
  // Loaded before it is attached, or loading would write every queue anew and so delete its messages.
  persistence.loadSqsAndSns(stores.sqsStore, stores.snsStore);
  stores.sqsStore.persistence = persistence;
  for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence;
  // Queue URLs then carry the address that the caller used, not a host name that does not resolve.
  stores.sqsStore.host = '';

  const app = buildApp({ logger: false, defaultRegion: localAws.region, stores });
  watch(app, watcher);
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    endpoint,
    close: async () => {
      await app.close();
      persistence.close();
    },
  };
};

const watch = (app: ReturnType<typeof buildApp>, watcher: AwsWatcher): void => {
  const { before, after } = watcher;
  const callOf = (request: {
    headers: Record<string, string | string[] | undefined>;
    body: unknown;
  }): AwsCall => ({
    service: 'sqs',
    operation: operationOf(request.headers['x-amz-target']),
    input: request.body,
    caller: callerOf(request.headers),
  });
  if (before) {
    app.addHook('preHandler', async (request, reply) => {
      try {
        await before.call(watcher, callOf(request));
      } catch (error) {
        if (!(error instanceof AccessDenied)) throw error;
        const body = { __type: `com.amazon.coral.service#${AccessDenied.type}`, message: error.message };
        await reply.code(400).type('application/x-amz-json-1.0').send(JSON.stringify(body));
      }
    });
  }
  if (after) {
    app.addHook('onSend', async (request, reply, payload) => {
      await after.call(watcher, callOf(request), {
        status: reply.statusCode,
        output: parseJson(String(payload)),
      });
      return payload;
    });
  }
};
