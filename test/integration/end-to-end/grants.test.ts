/**
 * No function has a right that it does not use. The local stack refuses what a role does not allow; here is the other
 * half: whatever docs/security.md grants is really called, by the bundles, in one life of everything that there is.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AwsCall } from '../../../infra/local/aws-calls.ts';
import { isRecord } from '../../../infra/local/intrinsics.ts';
import { type Operation, routes } from '../../../shared/http/routes.ts';
import { documentedGrants } from '../../infra/documented-grants.ts';
import { creationExamples } from '../cancellation/creations.ts';
import { eventually } from '../local-stack/assembly.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { type Connection, openRescind, quickSettings, type Rescind } from './rescind.ts';
import { untilRequest, untilState } from './waiting.ts';

/** What Lambda itself calls with a function's role, and so no function. */
const ofLambda = /: (logs:|sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes) )/;
/** Called for what a machine cannot bring about in seconds. */
const elsewhere: Readonly<Record<string, string>> = {
  'api: dynamodb:UpdateItem on the table':
    'a person gives up a creation that stayed undecided: test/integration/edge/create.test.ts',
  'dialects: dynamodb:UpdateItem on the table':
    'a cancel ends what was never sent, and with it what lies apart: test/integration/edge/create.test.ts',
  'dialects: dynamodb:DeleteItem on the table':
    'two creations under one key at once: test/integration/edge/create.test.ts',
};

const used = new Set<string>();
let dispatchIsDown = false;
const before = (call: AwsCall): void => {
  used.add(grantOf(call));
  if (dispatchIsDown && call.caller?.startsWith('Dispatch')) throw new Error('out of order');
};

let rescind: Rescind;
let receiver: Receiver;
let files: Server;

beforeAll(async () => {
  const settings = {
    ...quickSettings,
    PROVIDER_TIMEOUT_MS: '2000',
    CONFIRMATION_WINDOW_SECONDS: '30',
    RECOVERY_SECONDS: '1',
    CANCEL_DEADLINE_SECONDS: '5',
  };
  rescind = await openRescind(settings, { before });
  receiver = await openReceiver();
  files = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF-1.7\n%%EOF\n');
  });
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  files?.close();
  await receiver?.close();
  await rescind?.stack.close();
});

/** In the words of docs/security.md. */
const grantOf = ({ caller, service, operation, input }: AwsCall): string => {
  const name = (caller ?? 'stack').replace(/Function[0-9A-F]{8}$/, '').toLowerCase();
  const named = isRecord(input) ? input : {};
  return `${name}: ${service}:${operation} on ${resourceOf(service, named)}`;
};

const resourceOf = (service: AwsCall['service'], named: Readonly<Record<string, unknown>>): string => {
  switch (service) {
    case 'dynamodb':
      return named['IndexName'] === undefined ? 'the table' : `the index ${named['IndexName']}`;
    case 'sqs':
      return /\/notifyQueue[^/]*$/.test(`${named['QueueUrl']}`) ? 'the notify queue' : 'every provider queue';
    case 'secretsmanager': {
      const id = String(named['SecretId'] ?? named['Name']);
      if (id.startsWith('Rescind/accounts/')) return 'the account secrets';
      return id.startsWith('Rescind/endpoints/') ? 'the endpoint secrets' : 'the sealing key';
    }
  }
};

/** Answers that no other test asks for, so the client has no schema for them. */
const ask = async (
  operation: Operation,
  path: Readonly<Record<string, string>>,
  body = {},
): Promise<void> => {
  const place = routes[operation].path.replace(/\{(\w+)\}/g, (_, name: string) => path[name] ?? '');
  const response = await fetch(rescind.stack.url + place, {
    method: routes[operation].method,
    headers: { authorization: `Bearer ${rescind.keys.client}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect([operation, response.status]).toEqual([operation, expect.toSatisfy((status) => status < 300)]);
};

const endpoint = { endpoint_id: 'app' };

/** Created, cancelled, confirmed by a callback, told, erased. */
const wholeLife = async ({ accountId: account_id, control }: Connection): Promise<void> => {
  const { client } = rescind;
  // Late enough that the answer to the cancel is written before: then it is the callback that confirms.
  control.set({ cancel_delay_ms: 2_000 });
  const fileUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}/nda.pdf`;
  const body = { account_id, ...creationExamples(fileUrl)['dropbox-sign'].body };
  const { id } = (await client.call('createSignatureRequest', { body })).body;
  await untilRequest(client, id, ({ creation }) => creation?.state === 'sent');
  await client.call('cancelSignatureRequest', { path: { id }, body: { reason: 'Superseded' } });
  await untilState(client, id, 'confirmed');
  await eventually(() => receiver.received.some(({ type }) => type === 'cancellation.confirmed'), 20_000);
  await client.call('listSignatureRequests');
  await client.call('deleteSignatureRequest', { path: { id } });
};

/** The same in the provider's own calls. */
const inDialect = async ({ accountId }: Connection): Promise<void> => {
  const base = `${rescind.stack.url}/d/${accountId}/v3/signature_request`;
  const headers = { authorization: `Bearer ${rescind.keys.client}`, 'content-type': 'application/json' };
  const body = JSON.stringify({
    title: 'NDA',
    signers: [{ name: 'Ann', email_address: 'ann@signer.example' }],
    file_urls: [`http://127.0.0.1:${(files.address() as AddressInfo).port}/nda.pdf`],
  });
  const sent = await fetch(`${base}/send`, { method: 'POST', headers, body });
  expect(sent.status).toBe(200);
  const id = /"signature_request_id":"(\w+)"/.exec(await sent.text())?.[1];
  expect((await fetch(`${base}/list`, { headers })).status).toBe(200);
  expect((await fetch(`${base}/cancel/${id}`, { method: 'POST', headers })).status).toBe(200);
};

/** Called once, without success; then dispatch stands still, so nobody but the sweep can give up. */
const givenUp = async (connection: Connection): Promise<void> => {
  connection.control.set({ faults: [{ on: 'cancel', do: 'status', status: 503, times: 0 }] });
  const { id } = await connection.cancel(connection.seed());
  await untilRequest(rescind.client, id, ({ cancellation }) => (cancellation?.attempts ?? 0) > 0);
  dispatchIsDown = true;
  await untilState(rescind.client, id, 'failed');
  dispatchIsDown = false;
};

test('each grant in docs/security.md is used, or it says where', async () => {
  const { client } = rescind;
  const { body } = await client.call('putWebhookEndpoint', { path: endpoint, body: { url: receiver.url } });
  receiver.use(body.secret);
  const connection = await rescind.connect('dropbox-sign');
  await wholeLife(connection);
  await inDialect(connection);
  await ask('replayDeliveries', endpoint, { since: new Date(Date.now() - 3_600_000).toISOString() });
  await client.call('listDeliveries', { path: endpoint });
  await ask('rotateWebhookSecret', endpoint);
  await givenUp(await rescind.connect('okdokument'));

  await connection.replaceKey(connection.apiKey);
  await client.call('listAccounts');
  await client.call('deleteAccount', { path: { account_id: connection.accountId } });

  const wanted = documentedGrants([]).filter((line) => !ofLambda.test(line) && !(line in elsewhere));
  await client.call('deleteWebhookEndpoint', { path: endpoint });
  await expect
    .poll(() => wanted.filter((line) => !used.has(line)), {
      timeout: 20_000,
      message: 'a right that nothing uses is taken away in infra/functions.ts',
    })
    .toEqual([]);
  expect(Object.keys(elsewhere).filter((line) => used.has(line))).toEqual([]);
}, 120_000);
