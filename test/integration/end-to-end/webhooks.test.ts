/** What providers, and others who know or guess a webhook URL, send: who is believed, and that nothing breaks it. */
import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeAfterwards } from './afterwards.ts';
import { readProblem } from './client.ts';
import { type Connection, newSecret, openRescind, quickSettings, type Rescind } from './rescind.ts';
import { untilRequest, untilState } from './waiting.ts';

let rescind: Rescind;
beforeAll(async () => {
  // Only webhooks can confirm here.
  rescind = await openRescind({ ...quickSettings, CONFIRMATION_WINDOW_SECONDS: '3600' });
});
afterAll(() => rescind?.stack.close());

interface Event {
  readonly type?: string;
  readonly requestId?: string | null;
  readonly time?: number;
  /** Signs other than it says. */
  readonly signedType?: string;
}

/** As the documentation of Dropbox Sign describes a callback; the hash covers time and type. */
const callback = (apiKey: string, given: Event = {}): string => {
  const { type = 'signature_request_canceled', requestId = null } = given;
  const event_time = String(Math.floor((given.time ?? Date.now()) / 1_000));
  const event_hash = createHmac('sha256', apiKey)
    .update(event_time + (given.signedType ?? type))
    .digest('hex');
  return JSON.stringify({
    event: { event_time, event_type: type, event_hash, event_metadata: {} },
    ...(requestId !== null && { signature_request: { signature_request_id: requestId } }),
  });
};

const boundary = 'a-boundary-of-its-own';
const forms = {
  multipart: (json: string) => ({
    'content-type': `multipart/form-data; boundary=${boundary}`,
    body: `--${boundary}\r\nContent-Disposition: form-data; name="json"\r\n\r\n${json}\r\n--${boundary}--\r\n`,
  }),
  json: (json: string) => ({ 'content-type': 'application/json', body: json }),
  urlencoded: (json: string) => ({
    'content-type': 'application/x-www-form-urlencoded',
    body: new URLSearchParams({ json }).toString(),
  }),
};

const deliver = async (url: string, json: string, form: keyof typeof forms = 'multipart') => {
  const { body, ...headers } = forms[form](json);
  const response = await fetch(url, { method: 'POST', headers, body });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

const isAcknowledged = ({ status, headers, text }: Awaited<ReturnType<typeof deliver>>): void => {
  expect([status, headers.get('content-type'), text]).toEqual([
    200,
    'text/plain',
    'Hello API Event Received',
  ]);
};
const isRefused = ({ status, headers, text }: Awaited<ReturnType<typeof deliver>>): void => {
  expect([status, readProblem(status, headers, text).name]).toEqual([401, 'webhook-refused']);
};

/** An account whose provider never calls back, and a request there whose cancel it has accepted. */
const submitted = async () => {
  const connection = await rescind.connect('dropbox-sign');
  const requestId = connection.seed();
  connection.control.override(requestId, { cancel_outcome: 'silently_dropped' });
  const { id } = await connection.cancel(requestId);
  await untilState(rescind.client, id, 'submitted');
  return { ...connection, requestId, id };
};

const everythingOf = async (id: string) => ({
  request: (await rescind.client.call('getSignatureRequest', { path: { id } })).body,
  history: (await rescind.client.call('getHistory', { path: { id } })).body,
});

describe('Dropbox Sign', () => {
  test.each(['multipart', 'json', 'urlencoded'] as const)(
    'a genuine callback as %s confirms',
    async (form) => {
      const { webhookUrl, apiKey, requestId, id } = await submitted();
      isAcknowledged(await deliver(webhookUrl, callback(apiKey, { requestId }), form));
      const { cancellation } = await untilState(rescind.client, id, 'confirmed');
      expect(cancellation.confirmed_by).toBe('webhook');
    },
  );

  test('what is forged, tampered or sent to the wrong address is refused, and nothing changes', async () => {
    const { webhookUrl, apiKey, requestId, id } = await submitted();
    const other = await rescind.connect('dropbox-sign');
    const before = await everythingOf(id);
    const genuine = callback(apiKey, { requestId });
    const wrong: Record<string, [url: string, json: string]> = {
      'another key': [webhookUrl, callback(newSecret(), { requestId })],
      'an empty key': [webhookUrl, callback('', { requestId })],
      'no hash': [webhookUrl, genuine.replace(/"event_hash":"\w+",/, '')],
      'a short hash': [webhookUrl, genuine.replace(/("event_hash":"\w{63})\w/, '$1')],
      'another type than was signed': [
        webhookUrl,
        callback(apiKey, { requestId, signedType: 'signature_request_viewed' }),
      ],
      'another time than was signed': [
        webhookUrl,
        genuine.replace(/"event_time":"\d+"/, `"event_time":"${Math.floor(Date.now() / 1_000) + 7}"`),
      ],
      'the URL of another account': [other.webhookUrl, genuine],
      'an unknown token': [webhookUrl.replace(/[^/]{32}$/, 'A'.repeat(32)), genuine],
      'a token cut short': [webhookUrl.slice(0, -1), genuine],
      'no JSON': [webhookUrl, 'signature_request_canceled'],
    };
    for (const [name, [url, json]] of Object.entries(wrong)) {
      for (const form of ['multipart', 'json'] as const) {
        const answer = await deliver(url, json, form);
        expect([name, form, answer.status]).toEqual([name, form, 401]);
        isRefused(answer);
      }
    }
    expect(await everythingOf(id)).toEqual(before);
  });

  test('a genuine callback of another account about this request changes nothing', async () => {
    const { requestId, id } = await submitted();
    const other = await rescind.connect('dropbox-sign');
    const before = await everythingOf(id);
    isAcknowledged(await deliver(other.webhookUrl, callback(other.apiKey, { requestId })));
    expect(await everythingOf(id)).toEqual(before);
  });

  test('a hash of last week is acknowledged, and no proof', async () => {
    const { webhookUrl, apiKey, requestId, id } = await submitted();
    const time = Date.now() - 7 * 86_400_000;
    isAcknowledged(await deliver(webhookUrl, callback(apiKey, { requestId, time })));
    await untilRequest(rescind.client, id, ({ status }) => status === 'sent');
    expect((await everythingOf(id)).request.cancellation?.state).toBe('submitted');
  });

  test.each([
    ['callback_test', null],
    ['account_confirmed', null],
    ['something_invented_later', 'known'],
    ['signature_request_canceled', 'unknown'],
    ['signature_request_canceled', '../../etc/passwd'],
    ['signature_request_canceled', null],
  ])('%s about %s is acknowledged, and changes nothing', async (type, about) => {
    const { webhookUrl, apiKey, requestId, id } = await submitted();
    const before = await everythingOf(id);
    const event = { type, requestId: about === 'known' ? requestId : about };
    isAcknowledged(await deliver(webhookUrl, callback(apiKey, event)));
    expect(await everythingOf(id)).toEqual(before);
  });

  test('ten times the same callback is one confirmation', async () => {
    const { webhookUrl, apiKey, requestId, id } = await submitted();
    const json = callback(apiKey, { requestId });
    const answers = await Promise.all(Array.from({ length: 10 }, () => deliver(webhookUrl, json)));
    for (const answer of answers) isAcknowledged(answer);
    const { items } = (await everythingOf(id)).history;
    expect(items.filter(({ type }) => type === 'confirmed')).toHaveLength(1);
  });
});

describe('OKdokument, whose callbacks nothing signs', () => {
  /** The provider may have carried the cancel out and nobody can know: `failed`, and a callback may still settle it. */
  const unsettled = async (): Promise<Connection & { requestId: string; id: string }> => {
    const connection = await rescind.connect('okdokument');
    const requestId = connection.seed({ status: 'deleted' });
    connection.control.override(requestId, { faults: [{ on: 'read', do: 'status', times: 0 }] });
    const { id } = await connection.cancel(requestId);
    const { cancellation } = await untilState(rescind.client, id, 'failed');
    expect(cancellation.error?.type).toBe('outcome-unknown');
    return { ...connection, requestId, id };
  };
  const looks = ({ control, requestId }: { control: Connection['control']; requestId: string }): number =>
    control.calls({ requestId, operation: 'metadata' }).length +
    control.calls({ requestId, operation: 'read' }).length;

  test('a forged one is answered 200, and leads to one look a minute and to no end', async () => {
    const { webhookUrl, ...rest } = await unsettled();
    const { control, requestId, id } = rest;
    const before = looks(rest);
    const documentId = control.request(requestId)?.documentId;
    const forged = JSON.stringify({ state: 'signed', id: documentId, signatureRequestId: requestId });
    const answers = await Promise.all(Array.from({ length: 20 }, () => deliver(webhookUrl, forged, 'json')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await untilRequest(rescind.client, id, () => looks(rest) > before);
    for (let more = 0; more < 10; more += 1) await deliver(webhookUrl, forged, 'json');
    await sleep(1_500);
    // The document is not signed, so the claim is dropped and the request itself looked at: that is one look.
    expect(looks(rest) - before).toBeLessThanOrEqual(2);
    expect((await everythingOf(id)).request.cancellation?.state).toBe('failed');
    expect((await everythingOf(id)).request.status).not.toBe('signed');
  });

  test('a true one is believed after a look', async () => {
    const { control, requestId, id } = await unsettled();
    control.act(requestId, 'sign');
    await untilRequest(rescind.client, id, ({ cancellation }) => cancellation?.state === 'rejected');
    expect((await everythingOf(id)).request.status).toBe('signed');
  });

  test('"canceled" is the signer who declines, never a proof', async () => {
    const { control, requestId, id } = await unsettled();
    control.act(requestId, 'decline');
    await untilRequest(rescind.client, id, ({ cancellation }) => cancellation?.state === 'rejected');
    expect((await everythingOf(id)).request.cancellation?.error?.type).toBe('already-declined');
  });
});

describeAfterwards(() => rescind);
