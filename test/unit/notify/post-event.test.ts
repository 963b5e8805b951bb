/** One attempt at an event: what is signed and sent, and what each outcome is recorded as. */

import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isSuccess, postEvent } from '../../../functions/notify/post-event.ts';
import type { Instant, Tenant } from '../../../shared/domain/ids.ts';
import type { GuardedLimits, GuardedOutcome, GuardedRequest } from '../../../shared/net/guarded-call.ts';
import type { Delivery } from '../../../shared/notify/delivery.ts';
import type { Endpoint, EndpointId, EndpointUid } from '../../../shared/notify/endpoint.ts';
import { eventPolicyOf } from '../../../shared/notify/policy.ts';
import { formField } from '../../../shared/providers/form-field.ts';

const now = 1_700_000_000_900 as Instant;
const endpoint: Endpoint = {
  tenant: 'demo' as Tenant,
  id: 'app' as EndpointId,
  uid: 'a'.repeat(24) as EndpointUid,
  url: 'https://app.example.com/events',
  eventTypes: ['*'],
  format: 'standard',
  disabled: null,
  failingSince: null,
  lastFailure: null,
  triedAt: null,
  secretAt: now,
  deleting: false,
  createdAt: now,
  updatedAt: now,
};
const id = `evt_${'0'.repeat(32)}`;
const delivery: Delivery = {
  tenant: endpoint.tenant,
  endpoint: endpoint.uid,
  position: `2023-11-14T22:13:20.000Z#${id}`,
  state: 'pending',
  failure: null,
  body: '{"type":"cancellation.confirmed"}',
  count: 0,
  attempts: [],
  nextAt: now,
  keptUntil: null,
};
const secret = (name: string) => `whsec_${Buffer.from(name.repeat(8)).toString('base64')}`;
const accepted: GuardedOutcome = {
  kind: 'response',
  status: 200,
  headers: {},
  body: Buffer.alloc(0),
  receivedAt: now,
};

const unread = async (): Promise<never> => {
  throw new Error('nothing is read for an event in the standard form');
};

const post = async (
  outcome: GuardedOutcome,
  secrets: readonly string[] = [secret('one!')],
  to = { endpoint, delivery, get: async (): Promise<null> => unread() },
) => {
  const sent: { request: GuardedRequest; limits: GuardedLimits }[] = [];
  const ports = {
    call: async (request: GuardedRequest, limits: GuardedLimits) => {
      sent.push({ request, limits });
      return outcome;
    },
    signingSecretsOf: async () => secrets,
    policy: { ...eventPolicyOf({}), allowLoopback: true },
    now: () => now,
    // Of a form that shows the request, and the standard one does not.
    requests: { get: to.get },
    details: { get: unread },
  };
  return { posted: await postEvent(ports, to.endpoint, to.delivery), sent };
};

describe('an attempt', () => {
  test('is a POST of the very body, under the id of the event and the time of the attempt', async () => {
    const { sent } = await post(accepted);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.request).toMatchObject({
      method: 'POST',
      url: endpoint.url,
      body: delivery.body,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Rescind-Webhooks',
        'webhook-id': id,
        'webhook-timestamp': '1700000000',
      },
    });
    expect(sent[0]?.limits).toEqual({ timeoutMs: 15_000, mostBytes: 'head-only', allowLoopback: true });
  });

  test('is signed with each secret that is valid, over id, time and body', async () => {
    const names = ['one!', 'two!'];
    const { sent } = await post(accepted, names.map(secret));
    const signed = (name: string) =>
      createHmac('sha256', name.repeat(8)).update(`${id}.1700000000.${delivery.body}`).digest('base64');
    expect(sent[0]?.request.headers['webhook-signature']).toBe(
      names.map((name) => `v1,${signed(name)}`).join(' '),
    );
  });

  test('is not made without a secret: what nobody can verify is not sent', async () => {
    const { posted, sent } = await post(accepted, []);
    expect(sent).toEqual([]);
    expect(posted).toEqual({
      attempt: { at: now, status: null, error: 'secret-missing', ms: 0 },
      retryAfter: null,
    });
  });

  test('records how long it took', async () => {
    const { posted } = await post(accepted);
    expect(posted.attempt.at).toBe(now);
    expect(posted.attempt.ms).toBeGreaterThanOrEqual(0);
    expect(posted.attempt.ms).toBeLessThan(5_000);
  });
});

describe('an outcome', () => {
  const headers = {};
  test.each([
    [accepted, 200, null],
    [{ ...accepted, status: 500 }, 500, null],
    [{ kind: 'too_large', status: 204, headers, receivedAt: now }, 204, null],
    [{ kind: 'forbidden_address' }, null, 'forbidden-address'],
    [{ kind: 'not_sent', timedOut: true }, null, 'timeout'],
    [{ kind: 'not_sent', timedOut: false }, null, 'not-connected'],
    [{ kind: 'no_answer', timedOut: true, status: null }, null, 'timeout'],
    [{ kind: 'no_answer', timedOut: false, status: null }, null, 'no-answer'],
    [{ kind: 'no_answer', timedOut: true, status: 200 }, 200, null],
  ] as const satisfies readonly (readonly [GuardedOutcome, number | null, string | null])[])(
    '%j is recorded as the status %s and the error %s',
    async (outcome, status, error) => {
      const { posted } = await post(outcome);
      expect(posted.attempt).toMatchObject({ status, error });
      expect(posted.retryAfter).toBeNull();
    },
  );

  test('of 2xx alone is a success', () => {
    const attempt = { at: now, error: null, ms: 1 };
    const succeeds = [200, 204, 299].map((status) => isSuccess({ ...attempt, status }));
    const fails = [null, 100, 199, 300, 302, 410, 500].map((status) => isSuccess({ ...attempt, status }));
    expect([succeeds, fails]).toEqual([[true, true, true], Array(7).fill(false)]);
  });
});

describe('in the form of Dropbox Sign', () => {
  const theirs = '2b388914e3ae3b738bd4e2ee2850c677e6dc53d2';
  const body = JSON.stringify({
    type: 'signature_request.cancelled',
    timestamp: '2023-11-14T22:13:20.000Z',
    data: { id: `sr_${'0'.repeat(32)}`, provider_request_id: theirs },
  });
  const words = 'Hello API Event Received';
  const answering = (text: string, status = 200): GuardedOutcome => ({
    ...accepted,
    status,
    body: Buffer.from(text),
  });
  const callBack = (outcome: GuardedOutcome) =>
    post(outcome, ['newest-key', 'older-key'], {
      endpoint: { ...endpoint, format: 'dropbox-sign' },
      delivery: { ...delivery, body },
      // It was erased meanwhile.
      get: async () => null,
    });

  test('an attempt is a form with the event in one field, under the newest key alone', async () => {
    const { sent } = await callBack(answering(words));
    expect(sent).toHaveLength(1);
    const request = sent[0]?.request;
    const json = formField(Buffer.from(request?.body ?? ''), request?.headers['content-type'] ?? '', 'json');
    const type = 'signature_request_canceled';
    expect(JSON.parse(json ?? 'null')).toMatchObject({
      event: {
        event_type: type,
        event_time: '1700000000',
        event_hash: createHmac('sha256', 'newest-key').update(`1700000000${type}`).digest('hex'),
      },
      signature_request: { signature_request_id: theirs },
    });
    expect(sent[0]?.limits.mostBytes).toBe(4_096);
  });

  test.each([
    ['the words', answering(words), 200, null],
    ['the words with JSON around them', answering(`{"message":"${words}"}`), 200, null],
    ['other words', answering('OK'), 200, 'not-acknowledged'],
    [
      'more than is read',
      { kind: 'too_large', status: 200, headers: {}, receivedAt: now },
      200,
      'not-acknowledged',
    ],
    ['a body that never ends', { kind: 'no_answer', timedOut: true, status: 200 }, 200, 'not-acknowledged'],
    ['a failure, which its status tells', answering('Oops', 500), 500, null],
    ['a failure with the words', answering(words, 500), 500, null],
    ['nothing', { kind: 'no_answer', timedOut: true, status: null }, null, 'timeout'],
  ] as const satisfies readonly (readonly [string, GuardedOutcome, number | null, string | null])[])(
    'the handler answers %s',
    async (_, outcome, status, error) => {
      const { attempt } = (await callBack(outcome)).posted;
      expect(attempt).toMatchObject({ status, error });
      expect(isSuccess(attempt)).toBe(status === 200 && error === null);
    },
  );
});

describe('when the receiver wants to be called again', () => {
  const told = async (value: string, kind: 'response' | 'too_large' = 'response') =>
    (await post({ ...accepted, status: 503, kind, headers: { 'retry-after': value } })).posted.retryAfter;

  test('is what it says, however long its answer is, if that lies ahead', async () => {
    expect(await told('120')).toBe(now + 120_000);
    expect(await told('120', 'too_large')).toBe(now + 120_000);
    expect(await told('Tue, 14 Nov 2023 23:13:20 GMT')).toBe(1_700_003_600_000);
    expect(await told('0')).toBeNull();
    expect(await told('Tue, 14 Nov 2023 21:13:20 GMT')).toBeNull();
    expect(await told('soon')).toBeNull();
  });
});
