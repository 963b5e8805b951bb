/**
 * From a new tenant to a confirmed cancellation through the API alone, at each provider: the template's own bundles create
 * it, follow its signer, remind, cancel, close the sign link and tell the client app.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { simulatedAccounts } from '../../../infra/local/simulated-accounts.ts';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import { type ProviderName, providerNames } from '../../../shared/providers/registry.ts';
import { creationExamples } from '../cancellation/creations.ts';
import { eventually } from '../local-stack/assembly.ts';
import { openReceiver, type Receiver } from './receiver.ts';
import { openRescind, quickSettings, type Rescind } from './rescind.ts';
import { untilRequest, untilState } from './waiting.ts';

let rescind: Rescind;
let files: Server;
let fileUrl: string;
let receiver: Receiver;

beforeAll(async () => {
  // Creating takes a file to be fetched and a document to be converted: longer than a cancel.
  rescind = await openRescind({ ...quickSettings, PROVIDER_TIMEOUT_MS: '2000' });
  receiver = await openReceiver();
  const { body } = await rescind.stranger.call('putWebhookEndpoint', {
    path: { endpoint_id: 'app' },
    body: { url: receiver.url },
  });
  receiver.use(body.secret);
  files = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF-1.7\n%%EOF\n');
  });
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  fileUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}/nda.pdf`;
});
afterAll(async () => {
  files?.close();
  await receiver?.close();
  await rescind?.stack.close();
});

/** What each provider can tell and do. */
const abilities: Readonly<
  Record<
    ProviderName,
    { readonly views: 'event' | 'read' | 'untold'; readonly reminder: 'sent' | 'too_early' | 'none' }
  >
> = {
  'dropbox-sign': { views: 'event', reminder: 'sent' },
  // Within ten minutes of the sending Box Sign takes no reminder.
  'box-sign': { views: 'read', reminder: 'too_early' },
  okdokument: { views: 'untold', reminder: 'none' },
  ironclad: { views: 'event', reminder: 'sent' },
  truto: { views: 'untold', reminder: 'none' },
};

/** An account of the new tenant, which its provider calls back where it can be told to. */
const connect = async (provider: ProviderName): Promise<string> => {
  const client = rescind.stranger;
  const known = simulatedAccounts.find((account) => account.provider === provider);
  if (known === undefined) throw new Error(`no simulated account at ${provider}`);
  const { options } = creationExamples(fileUrl)[provider];
  const creates = provider === 'ironclad' ? { creates: true } : {};
  const accountId = `${provider}-life`;
  const { body } = await client.call('putAccount', {
    path: { account_id: accountId },
    body: { provider, credentials: known.credentials, options: { ...known.options, ...options, ...creates } },
  });
  const { simulators } = rescind.stack;
  if (simulators !== null) await known.register?.(simulators, body.webhook_url);
  if (known.register === undefined && provider !== 'okdokument') {
    await client.call('registerWebhook', { path: { account_id: accountId } });
  }
  return accountId;
};

const signLinkOf = ({ signers }: SignatureRequestView): string => {
  const url = signers.find(({ email }) => email === 'ann@signer.example')?.sign_url;
  if (url === null || url === undefined) throw new Error('the signer has no sign link');
  return url;
};
const follow = (url: string): Promise<Response> => fetch(url, { redirect: 'manual' });

describe.each(providerNames)('%s', (provider) => {
  test('lives from its creation to its end', async () => {
    const client = rescind.stranger;
    const { views, reminder } = abilities[provider];
    const control = rescind.stack.simulators?.control[provider];
    if (control === undefined) throw new Error('the simulated providers did not start');
    const account_id = await connect(provider);
    const body = { account_id, ...creationExamples(fileUrl)[provider].body };

    const asked = await client.call('createSignatureRequest', {
      body,
      headers: { 'idempotency-key': `life-${provider}` },
    });
    expect(asked.status).toBe(202);
    const { id } = asked.body;
    const created = await untilRequest(client, id, ({ creation }) => creation?.state === 'sent');
    const providerRequestId = created.provider_request_id ?? '';
    expect(control.request(providerRequestId)).toBeDefined();
    expect(created.signers.map(({ email }) => email)).toContain('ann@signer.example');

    if (views !== 'untold') control.act(providerRequestId, 'view');
    if (views !== 'event') {
      const headers = { prefer: 'wait=10' };
      const { body: read } = await client.call('refreshSignatureRequest', { path: { id }, headers });
      expect(read.read_error).toBeNull();
    }
    if (views !== 'untold') {
      await untilRequest(client, id, ({ signers }) => signers.some(({ status }) => status === 'viewed'));
    }

    await remind(id, reminder);

    const link = signLinkOf(await untilRequest(client, id, () => true));
    const open = await follow(link);
    expect([200, 302]).toContain(open.status);
    expect(link).not.toContain('ann');

    const reason = { reason: 'Superseded' };
    const cancelled = await client.call('cancelSignatureRequest', { path: { id }, body: reason });
    expect(cancelled.status).toBe(202);
    const closed = await follow(link);
    expect(closed.status).toBe(410);
    expect(closed.headers.get('content-type')).toContain('text/html');
    const end = await untilState(client, id, 'confirmed');
    expect(end.status).toBe('cancelled');
    expect(control.calls({ operation: 'create' }).filter(({ status }) => status < 300)).toHaveLength(1);

    const told = () => receiver.received.filter(({ data }) => data.id === id).map(({ type }) => type);
    await eventually(() => told().includes('cancellation.confirmed'), 20_000);
    for (const type of ['signature_request.creating', 'cancellation.queued', 'signature_request.cancelled']) {
      await eventually(() => told().includes(type), 20_000);
    }
    expect(receiver.refused).toEqual([]);
    const { status } = await client.call('deleteSignatureRequest', { path: { id } });
    expect(status).toBe(204);
    expect((await client.refused('getSignatureRequest', { path: { id } })).status).toBe(404);
    expect((await follow(link)).status).toBe(404);
  });
});

const remind = async (id: string, expected: 'sent' | 'too_early' | 'none'): Promise<void> => {
  const client = rescind.stranger;
  const call = { path: { id }, headers: { prefer: 'wait=10' } };
  if (expected === 'sent') {
    const sent = await client.call('remindSigners', call);
    expect(sent.status).toBe(200);
    expect(sent.body.reminder?.state).toBe('sent');
  }
  const again = await client.refused('remindSigners', call);
  expect(again.name).toBe(expected === 'none' ? 'not-remindable' : 'reminder-too-early');
  if (expected !== 'none') expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(60);
};
