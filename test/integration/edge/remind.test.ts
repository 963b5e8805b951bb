import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Instant } from '../../../shared/domain/ids.ts';
import type { Reminder } from '../../../shared/domain/signature-request.ts';
import * as responses from '../../../shared/http/contract/responses.ts';
import { apiFunction, becomes, byId, putSealingKey } from './api-function.ts';
import { startTableServer, type TableServer } from './table-server.ts';

let server: TableServer;

beforeAll(async () => {
  server = await startTableServer();
  await putSealingKey(server);
});
afterAll(() => server.close());

const signers = [
  { email: 'kim@customer.example', name: 'Kim' },
  { email: 'lee@customer.example', name: 'Lee' },
];
const wanted = { account_id: 'main', signers, source_files: [{ url: 'https://files.example.com/a.pdf' }] };

const error = { type: 'refused', detail: 'You already sent one.' } as const;
type Asked = Pick<Reminder, 'signer' | 'requestedAt'> & { readonly at: Instant };
const isSent = (asked: Asked): Reminder => ({ ...asked, state: 'sent' });
const isRefused = (asked: Asked): Reminder => ({ ...asked, state: 'refused', error, retryAt: null });

/** A request that is sent, with two signers. */
const start = async (name: string) => {
  const api = apiFunction(server, name);
  await api.makeAccount();
  const { id } = (await api.post('signature_requests', wanted)).body;
  await api.change(id, becomes.sent('r1'));
  api.hints.length = 0;
  const remind = (body?: object, headers: Record<string, string> = {}) =>
    api.call('POST /v1/signature_requests/{id}/remind', {
      ...byId(id),
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
  /** What dispatch writes when the provider has answered. */
  const answer = (outcome: (asked: Asked) => Reminder) =>
    api.change(id, ({ reminder }) => {
      if (reminder?.state !== 'queued') throw new Error('no reminder is queued');
      const { signer, requestedAt } = reminder;
      return { reminder: outcome({ signer, requestedAt, at: api.clock.now }) };
    });
  return { ...api, id, remind, answer };
};

const one = { signer_id: 'sg_2' };

describe('POST /v1/signature_requests/{id}/remind', () => {
  test('is written down and hinted, and answered 202', async () => {
    const { remind, hints } = await start('asking');
    const asked = await remind(one);
    expect(asked).toMatchObject({
      status: 202,
      body: { status: 'sent', reminder: { state: 'queued', signer_id: 'sg_2', sent_at: null } },
    });
    expect(responses.signatureRequest.parse(asked.body)).toEqual(asked.body);
    expect(hints).toEqual(['new']);
    // Asking again while it is on its way is the same reminder.
    expect((await remind(one)).status).toBe(202);
    expect(hints).toEqual(['new']);
  });

  test('with Prefer: wait it answers 200 once it is sent', async () => {
    const { remind, answer, meanwhile } = await start('waiting');
    meanwhile.do = () => answer(isSent);
    expect(await remind(one, { prefer: 'wait=20' })).toMatchObject({
      status: 200,
      headers: { 'preference-applied': 'wait=20' },
      body: { reminder: { state: 'sent', sent_at: '2026-11-21T10:00:00.250Z' } },
    });
  });

  test('again within the cool-down is 409 with when, for this signer alone', async () => {
    const { remind, answer, clock } = await start('again');
    await remind(one);
    await answer(isSent);
    clock.now = (clock.now + 600_000) as Instant;
    expect(await remind(one)).toMatchObject({
      status: 409,
      headers: { 'retry-after': '3000' },
      body: { type: '/problems/reminder-too-early', retry_at: '2026-11-21T11:00:00.000Z' },
    });
    expect((await remind({ signer_id: 'sg_1' })).status).toBe(202);
  });

  test('that the provider refuses is 409, with when if it says so, now and until then', async () => {
    const { remind, answer, clock, meanwhile, hints } = await start('refused');
    meanwhile.do = () =>
      answer((asked) => ({ ...asked, state: 'refused', error, retryAt: (asked.at + 90_000) as Instant }));
    const refused = await remind(one, { prefer: 'wait=20' });
    expect(refused).toMatchObject({
      status: 409,
      headers: { 'retry-after': '90' },
      body: {
        type: '/problems/reminder-too-early',
        detail: error.detail,
        retry_at: '2026-11-21T10:01:30.250Z',
      },
    });
    expect(await remind(one)).toMatchObject({ status: 409, body: { retry_at: refused.body.retry_at } });
    expect(hints).toEqual(['new']);
    clock.now = (clock.now + 90_000) as Instant;
    meanwhile.do = () => answer(isRefused);
    expect(await remind(one, { prefer: 'wait=20' })).toMatchObject({
      status: 409,
      body: { type: '/problems/not-remindable', detail: error.detail },
    });
  });

  test('whose outcome is not known is not called sent', async () => {
    const { remind, answer, meanwhile } = await start('unclear');
    meanwhile.do = () => answer((asked) => ({ ...asked, state: 'unclear', error, retryAt: null }));
    expect(await remind(one, { prefer: 'wait=20' })).toMatchObject({
      status: 202,
      body: { reminder: { state: 'unclear', sent_at: null, error: { type: 'refused' } } },
    });
  });

  test('without a signer goes to the only one who has not signed, else asks which', async () => {
    const { id, remind, learn } = await start('choosing');
    expect(await remind()).toMatchObject({ status: 400, body: { errors: [{ field: 'signer_id' }] } });
    await learn(id, { signers: [{ email: 'kim@customer.example', status: 'signed' }] });
    expect(await remind({})).toMatchObject({ status: 202, body: { reminder: { signer_id: 'sg_2' } } });
  });

  test.each([
    [{ signer_id: 'sg_3' }, 'signer_id'],
    [{ signer_id: 'kim' }, 'signer_id'],
    [{ signers: [] }, 'signers'],
  ])('%j is refused', async (body, field) => {
    const { remind } = await start('malformed');
    expect(await remind(body)).toMatchObject({ status: 400, body: { errors: [{ field }] } });
  });

  test('of one that is not sent, has ended or is being cancelled is 409', async () => {
    const { id, call, remind, change, hints } = await start('unfit');
    const not = { status: 409, body: { type: '/problems/not-remindable' } };
    await change(id, () => ({ status: 'expired' }));
    expect(await remind(one)).toMatchObject(not);
    await change(id, () => ({ status: 'creating', providerRequestId: null }));
    expect(await remind(one)).toMatchObject(not);
    await change(id, () => ({ status: 'sent' }));
    await call('POST /v1/signature_requests/{id}/cancel', byId(id));
    expect(await remind(one)).toMatchObject(not);
    expect(hints).toEqual(['new']);
  });

  test('where the provider has none is 409', async () => {
    const { makeAccount, post, call } = await start('without');
    await makeAccount('okd', 'okdokument');
    const { id } = (await post('cancellations', { account_id: 'okd', provider_request_id: 'r1' })).body;
    expect(await call('POST /v1/signature_requests/{id}/remind', byId(id))).toMatchObject({
      status: 409,
      body: { type: '/problems/not-remindable', detail: 'OKdokument has no reminders.' },
    });
  });
});
