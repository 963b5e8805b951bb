/** What `send` answers of each state that a creation can be in when the wait is over. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { DialectRequest } from '../../../functions/dialects/dialect.ts';
import { sendSignatureRequest } from '../../../functions/dialects/dropbox-sign/send.ts';
import type { Requests } from '../../../functions/dialects/requests.ts';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import { viewRequest } from '../../../shared/http/request-view.ts';
import { signatureRequest } from '../http/examples.ts';

const view: SignatureRequestView = {
  ...viewRequest({ ...signatureRequest, cancellation: null }, { reason: null, details: null }, 'https://x'),
  provider_request_id: null,
  status: 'creating',
};

const answerTo = (creation: SignatureRequestView['creation']) => {
  const create: Requests['create'] = async () => ({ ...view, creation });
  const body = {
    signers: [{ name: 'Ann', email_address: 'ann@signer.example' }],
    file_urls: ['https://f/a'],
  };
  const given = {
    requests: { create },
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
    account: { options: {} },
  };
  return sendSignatureRequest(given as unknown as DialectRequest);
};

const error = { type: 'outcome-unknown', detail: 'Dropbox Sign has 2 requests with this id.' } as const;

test('what is on its way is told with our id', async () => {
  const { status, body } = await answerTo({ state: 'queued', attempts: 1, next_check_at: null, error: null });
  expect(status).toBe(200);
  expect(body).toMatchObject({ signature_request: { signature_request_id: view.id } });
});

test('of what nobody can know to be sent it does not say that it was', async () => {
  const { status, body } = await answerTo({ state: 'undecided', attempts: 1, next_check_at: null, error });
  expect(status).toBe(409);
  expect(body).toMatchObject({ error: { error_name: 'conflict' } });
  expect(JSON.stringify(body)).toContain(view.id);
});

describe('a repetition with the same key', () => {
  const hour = 3_600_000;
  const first = { ...view, created_at: new Date(Date.now() - hour).toISOString() };
  const weekAfter = (time: number) => Math.round(time / 1_000) + 7 * 86_400;
  const created: unknown[] = [];
  const send = (key: string, expires_at: number) => {
    const create: Requests['create'] = async (body) => {
      created.push(body);
      return first;
    };
    const body = {
      signers: [{ name: 'Ann', email_address: 'ann@signer.example' }],
      file_urls: ['https://f/a'],
      expires_at,
    };
    return sendSignatureRequest({
      requests: { create, findCreated: async (known: string) => (known === 'first' ? first : null) },
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: Buffer.from(JSON.stringify(body)),
      account: { options: {} },
    } as unknown as DialectRequest);
  };
  beforeEach(() => {
    created.length = 0;
  });

  test('means the same end as the first call, whenever it is made', async () => {
    const expiresAt = weekAfter(Date.parse(first.created_at));
    await send('first', expiresAt);
    expect(created).toMatchObject([{ days_valid: 7 }]);
    await expect(send('another', expiresAt)).rejects.toMatchObject({ type: 'invalid-request' });
  });

  test('and an end that is counted anew is for the API to compare', async () => {
    await send('first', weekAfter(Date.now()));
    expect(created).toMatchObject([{ days_valid: 7 }]);
    await expect(send('first', weekAfter(Date.now() + 12 * hour))).rejects.toMatchObject({
      type: 'invalid-request',
    });
  });
});
