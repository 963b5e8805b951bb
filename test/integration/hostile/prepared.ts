/**
 * The real stack with one of everything that a path can name, and a valid call of every route, derived from the list of
 * routes and their examples: a route that is added is called too, and one with a new kind of parameter fails until it is
 * named here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { localAws } from '../../../infra/local/local-aws.ts';
import { descriptions } from '../../../shared/http/openapi/operations.ts';
import { type Operation, routes } from '../../../shared/http/routes.ts';
import { openRescind, quickSettings, type Rescind } from '../end-to-end/rescind.ts';
import { untilRequest, untilState } from '../end-to-end/waiting.ts';

export const operations = Object.keys(routes) as readonly Operation[];
export const keyedOperations = operations.filter((operation) => routes[operation].key);

/** What the parameters of a path stand for. */
export type Names = Readonly<Record<string, string>>;

export interface Prepared {
  readonly rescind: Rescind;
  /** All of the client's, and all there. */
  readonly own: Names;
  /** Of the same form, and nobody's. */
  readonly absent: Names;
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Every stored item by its key, as text. */
  readonly items: () => Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}

/** For a `beforeAll`: a busy machine is slow to start the stack and to create what is prepared. */
export const startingMs = 180_000;

export const signerAddress = 'ann.marked@signer.example';

/** @param started what is to be done before the first call */
export const openPrepared = async (
  settings: Readonly<Record<string, string>> = {},
  started: (rescind: Rescind) => void = () => undefined,
): Promise<Prepared> => {
  // What the sweep does by itself would be taken for the callers' doing.
  const rescind = await openRescind({
    ...quickSettings,
    PROVIDER_TIMEOUT_MS: '2000',
    SWEEP_INTERVAL_SECONDS: '3600',
    ...settings,
  });
  started(rescind);
  const { client, stack } = rescind;
  const cancelled = await rescind.connect('dropbox-sign');
  await untilState(client, (await cancelled.cancel(cancelled.seed())).id, 'confirmed');
  const { body: made } = await client.call('createSignatureRequest', {
    body: {
      account_id: 'box-sign',
      name: 'NDA',
      signers: [{ name: 'Ann', email: signerAddress }],
      source_files: [{ type: 'file', id: '123456789' }],
      parent_folder: { type: 'folder', id: '987654321' },
    },
  });
  const sent = await untilRequest(client, made.id, ({ creation }) => creation?.state === 'sent');
  await client.call('putWebhookEndpoint', {
    path: { endpoint_id: 'app' },
    body: { url: 'https://app.example.com/events' },
  });
  const link = sent.signers.find(({ sign_url }) => sign_url !== null)?.sign_url ?? '';
  const dynamoDB = new DynamoDBClient({ ...localAws, endpoint: stack.endpoints.dynamodb });
  const tableName = [...stack.stores].find(([id]) => id.includes('Table'))?.[1] ?? '';
  const items = async () => {
    const found = new Map<string, string>();
    for await (const { Items = [] } of paginateScan({ client: dynamoDB }, { TableName: tableName })) {
      for (const item of Items) found.set(`${item['pk']?.S} ${item['sk']?.S}`, JSON.stringify(item));
    }
    return found;
  };
  return {
    rescind,
    own: {
      account_id: cancelled.accountId,
      endpoint_id: 'app',
      id: made.id,
      token: cancelled.webhookUrl.split('/').at(-1) ?? '',
      sign_token: link.split('/').at(-1) ?? '',
      asset: 'swagger-ui.css',
      provider_request_id: cancelled.seed(),
    },
    absent: {
      account_id: 'nobody-s',
      endpoint_id: 'nobody-s',
      id: `sr_${'0'.repeat(32)}`,
      token: 'A'.repeat(32),
      sign_token: 'A'.repeat(44),
      asset: 'nothing.css',
      provider_request_id: 'nobodys',
    },
    client: dynamoDB,
    tableName,
    items,
    close: async () => {
      dynamoDB.destroy();
      await stack.close();
    },
  };
};

/** @returns the path with its parameters filled in as they are, to be encoded by whoever wants them encoded */
export const pathOf = (operation: Operation, names: Names): string =>
  routes[operation].path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = names[operation === 'followSignLink' ? `sign_${name}` : name];
    if (value === undefined) throw new Error(`the tests know no ${name}: name one in prepared.ts`);
    return value;
  });

/** The first example of the operation's body, about the names; null where it takes none. */
export const bodyOf = (operation: Operation, names: Names): Readonly<Record<string, unknown>> | null => {
  const { body } = descriptions[operation];
  if (body === undefined) return null;
  const [example] = Object.values(body.examples);
  if (typeof example?.value !== 'object' || example.value === null)
    throw new Error(`${operation} has no example`);
  const told = Object.entries(example.value).map(([field, value]) => [field, names[field] ?? value]);
  return Object.fromEntries(told);
};

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export const send = async (
  { rescind }: Pick<Prepared, 'rescind'>,
  operation: Operation,
  names: Names,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> => {
  const body = bodyOf(operation, names);
  const response = await fetch(`${rescind.stack.url}${pathOf(operation, names)}`, {
    method: routes[operation].method,
    headers: { 'content-type': 'application/json', ...headers },
    redirect: 'manual',
    ...(body !== null && { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

/** Until two looks at the table a while apart show the same. */
export const untilQuiet = async ({
  items,
}: Pick<Prepared, 'items'>): Promise<ReadonlyMap<string, string>> => {
  let before = await items();
  for (let looks = 0; looks < 40; looks += 1) {
    await sleep(500);
    const after = await items();
    if (JSON.stringify([...after]) === JSON.stringify([...before])) return after;
    before = after;
  }
  throw new Error('the table keeps changing');
};
