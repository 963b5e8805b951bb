/** What goes wrong between Rescind and a provider: the right end all the same, and visible until then. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { FaultInput } from '../../simulators/faults.ts';
import { describeAfterwards } from './afterwards.ts';
import { openRescind, providers, type Rescind } from './rescind.ts';
import { untilRequest, untilState } from './waiting.ts';

// They wait most of the time.
vi.setConfig({ maxConcurrency: 12 });

let rescind: Rescind;
beforeAll(async () => {
  rescind = await openRescind();
});
afterAll(() => rescind?.stack.close());

const troubles: readonly [string, FaultInput][] = [
  ['a server error', { on: 'cancel', do: 'status', status: 503, times: 3 }],
  ['a server error in spite of the act', { on: 'cancel', do: 'status_after', status: 500 }],
  ['everything is down for a while', { on: 'any', do: 'status', status: 500, times: 6 }],
  ['an HTML page of a proxy', { on: 'cancel', do: 'html', status: 502, times: 2 }],
  ['a hang', { on: 'cancel', do: 'hang' }],
  ['a hang after the act', { on: 'cancel', do: 'hang_after' }],
  ['a hang of whatever is called', { on: 'any', do: 'hang', times: 3 }],
  ['a connection cut before the act', { on: 'cancel', do: 'cut_before' }],
  ['a connection cut after the act', { on: 'cancel', do: 'cut_after' }],
  ['an answer of megabytes', { on: 'cancel', do: 'huge' }],
  ['a redirect', { on: 'cancel', do: 'redirect', status: 302 }],
  ['a redirect that keeps the method', { on: 'cancel', do: 'redirect', status: 308 }],
  ['an answer that nobody documented', { on: 'cancel', do: 'reply', status: 418, body: '{}' }],
  ['limited for a second', { on: 'cancel', do: 'status', status: 429 }],
];

describe.concurrent.each(providers)('%s', (provider) => {
  test.each(troubles)('%s: confirmed in the end', async (_, fault) => {
    const { client, connect } = rescind;
    const connection = await connect(provider);
    const providerRequestId = connection.seed();
    connection.control.override(providerRequestId, { faults: [fault] });
    const { id } = await connection.cancel(providerRequestId);
    const { status, cancellation } = await untilState(client, id, 'confirmed');
    expect(status).toBe('cancelled');
    expect(connection.control.request(providerRequestId)?.status).toMatch(/^(cancelled|deleted)$/);
    expect(connection.control.request(providerRequestId)?.faults).toEqual([]);
    // Nothing crashed, so every call was written down.
    expect(cancellation.attempts).toBe(connection.cancelCalls(providerRequestId));
  });

  test('a limit is waited for, by the item and by the whole account, and all of that shows', async () => {
    const { client, connect } = rescind;
    const connection = await connect(provider);
    const { accountId, control } = connection;
    const [first, second] = [connection.seed(), connection.seed()];
    control.override(first, {
      [provider === 'okdokument' ? 'fault_retry_seconds' : 'fault_reset_seconds']: 4,
      faults: [{ on: 'cancel', do: 'status', status: 429 }],
    });
    const { id } = await connection.cancel(first);
    const limited = await untilRequest(client, id, ({ cancellation }) => cancellation?.error !== null);
    expect(limited.cancellation).toMatchObject({
      state: 'queued',
      attempts: 1,
      error: { type: 'rate-limited', provider_status: 429 },
    });
    const nextAt = Date.parse(limited.cancellation?.next_check_at ?? '');
    expect(nextAt).toBeGreaterThan(Date.now() + 1_000);
    expect(nextAt).toBeLessThan(Date.now() + 6_000);
    const account = { path: { account_id: accountId } };
    // The account's pause is written just after the item.
    const health = async () => (await client.call('getAccount', account)).body.health;
    let paused = await health();
    for (let tries = 0; tries < 50 && paused.state === 'healthy'; tries += 1) paused = await health();
    expect([paused.state, paused.reason]).toEqual(['paused', 'rate-limited']);
    expect(Math.abs(Date.parse(paused.paused_until ?? '') - nextAt)).toBeLessThan(1_500);

    const other = await connection.cancel(second);
    const held = await untilRequest(client, other.id, ({ cancellation }) => cancellation?.error !== null);
    expect(held.cancellation).toMatchObject({ state: 'queued', error: { type: 'account-paused' } });
    expect(control.calls({ requestId: second })).toEqual([]);

    for (const waiting of [id, other.id]) await untilState(client, waiting, 'confirmed');
    const [tooEarly, inTime] = control.calls({ operation: 'cancel', requestId: first });
    expect(Date.parse(inTime?.at ?? '')).toBeGreaterThanOrEqual(Date.parse(tooEarly?.at ?? '') + 3_000);
    const after = (await client.call('getAccount', account)).body.health;
    expect(after).toEqual({ state: 'healthy', paused_until: null, reason: null });
  });

  test('a provider that is down shows as such, with the number of calls and the next one', async () => {
    const { client, connect } = rescind;
    const connection = await connect(provider);
    const providerRequestId = connection.seed();
    connection.control.override(providerRequestId, {
      faults: [{ on: 'cancel', do: 'status', status: 503, times: 0 }],
    });
    const { id } = await connection.cancel(providerRequestId);
    const down = await untilRequest(
      client,
      id,
      ({ cancellation }) =>
        (cancellation?.attempts ?? 0) >= 2 && cancellation?.error?.provider_status === 503,
    );
    expect(down.cancellation).toMatchObject({
      state: 'queued',
      confirmed_at: null,
      error: { type: 'provider-unavailable' },
    });
    expect(down.cancellation?.next_check_at).not.toBeNull();
    connection.control.override(providerRequestId, { faults: [] });
    await untilState(client, id, 'confirmed');
  });
});

test('an error that repeats the API key is shown without it', async () => {
  const { client, connect } = rescind;
  // Letters only: it passes for the name of an error.
  const apiKey = Array.from(crypto.getRandomValues(new Uint8Array(18)), (byte) =>
    String.fromCharCode(97 + (byte % 26)),
  ).join('');
  const connection = await connect('dropbox-sign', client, apiKey);
  const providerRequestId = connection.seed();
  // Escaped, so that the simulated provider's own files do not hold it either.
  const escaped = [...apiKey].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join('');
  const body = `{"error":{"error_name":"${escaped}","error_msg":"${escaped}"}}`;
  const faults = [{ on: 'any', do: 'reply', status: 403, body, times: 0 }] as const;
  connection.control.override(providerRequestId, { faults });
  const { id } = await connection.cancel(providerRequestId);
  const told = await untilRequest(client, id, ({ cancellation }) => cancellation?.error !== null);
  expect(told.cancellation?.error?.type).toBe('forbidden');
  connection.control.override(providerRequestId, { faults: [] });
  await untilState(client, id, 'confirmed');
});

describeAfterwards(() => rescind);
