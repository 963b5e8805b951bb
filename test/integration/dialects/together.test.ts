/** One request cancelled through several dialects and the API's own call at once is one cancellation. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { openRescind, type Rescind } from '../end-to-end/rescind.ts';
import { connectSimulated, type SimulatedConnection } from './connect-simulated.ts';

let rescind: Rescind;
beforeAll(async () => {
  rescind = await openRescind();
});
afterAll(() => rescind?.stack.close());

const said = z.looseObject({});

/** `DELETE /JSON/signatureRequest/{id}`, as an app of OKdokument's makes it. */
const throughOkdokument = async (accountId: string, id: string) => {
  const answer = await fetch(`${rescind.stack.url}/d/${accountId}/JSON/signatureRequest/${id}`, {
    method: 'DELETE',
    headers: { 'x-api-key': rescind.keys.client },
  });
  return { status: answer.status, body: said.parse(await answer.json()) };
};

/** `POST …/workflows/cancel`, as Truto's own client makes it. */
const throughTruto = async (accountId: string, id: string) => {
  const answer = await fetch(
    `${rescind.stack.url}/unified/e-signature/workflows/cancel?integrated_account_id=${accountId}`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${rescind.keys.client}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id, message: 'Superseded' }),
    },
  );
  return { status: answer.status, body: said.parse(await answer.json()) };
};

const times = <T>(count: number, run: () => Promise<T>): Promise<T>[] => Array.from({ length: count }, run);

describe('a request at OKdokument', () => {
  let account: SimulatedConnection;
  beforeAll(async () => {
    account = await connectSimulated(rescind, 'okdokument', 'together');
  });

  const askEverywhere = async (id: string) => {
    const { accountId } = account;
    const [deletions, cancels, wishes] = await Promise.all([
      Promise.all(times(4, () => throughOkdokument(accountId, id))),
      // Its client sends a cancel three times within milliseconds.
      Promise.all(times(3, () => throughTruto(accountId, id))),
      Promise.all(times(4, () => account.cancel(id, { reason: 'Superseded' }))),
    ]);
    return { deletions, cancels, wishes };
  };

  test('is deleted once, and every answer says so', async () => {
    const id = account.seed();
    const { deletions, cancels, wishes } = await askEverywhere(id);
    for (const answer of deletions) {
      expect(answer).toEqual({ status: 200, body: { message: 'msg.deleted', result: id } });
    }
    const requestedAt = new Set(wishes.map(({ cancellation }) => cancellation?.requested_at));
    for (const { status, body } of cancels) {
      expect(status).toBe(200);
      expect(body).toMatchObject({ id, status: 'inactive', remote_data: { status: 'cancelled' } });
      expect(body).toMatchObject({ remote_data: { cancellation: { state: 'confirmed' } } });
      const { cancellation } = wishOf(body);
      requestedAt.add(cancellation.requested_at);
    }
    expect(requestedAt.size).toBe(1);
    expect(new Set(wishes.map((wish) => wish.id)).size).toBe(1);
    expect(account.cancelCalls(id)).toBe(1);
    expect(account.control.request(id)?.status).toBe('deleted');
  });

  test('whose deletion is answered late is deleted once', async () => {
    const id = account.seed();
    account.control.override(id, { faults: [{ on: 'cancel', do: 'slow', delay_ms: 300 }] });
    const { deletions, cancels } = await askEverywhere(id);
    expect(new Set([...deletions, ...cancels].map(({ status }) => status))).toEqual(new Set([200]));
    expect(account.cancelCalls(id)).toBe(1);
  });

  test('that is not there is said not to be by each in its own words', async () => {
    const id = '32f8628d-6658-443d-a2a0-f59d9d3752d2';
    const { deletions, cancels } = await askEverywhere(id);
    for (const answer of deletions) {
      const body = { message: 'err.signature.request.not.exist', value: id };
      expect(answer).toEqual({ status: 400, body });
    }
    for (const { status, body } of cancels) {
      expect(status).toBe(404);
      expect(body).toMatchObject({ statusCode: 404, error: 'Not Found', truto_is_remote_error: true });
    }
    expect(account.cancelCalls(id)).toBe(0);
  });
});

test('a workflow at Ironclad is cancelled once through Truto and the API', async () => {
  const account = await connectSimulated(rescind, 'ironclad', '62f44730-dd91-461e-bd6a-aedd9e0ad79d');
  const id = account.seed();
  const cancels = times(5, () => throughTruto(account.accountId, id));
  const wishes = times(5, () => account.cancel(id, { reason: 'Superseded' }));
  await Promise.all(wishes);
  for (const { status, body } of await Promise.all(cancels)) {
    expect({ status, body }).toMatchObject({ status: 200, body: { remote_data: { status: 'cancelled' } } });
  }
  expect(account.cancelCalls(id)).toBe(1);
});

const wishOf = (body: object) =>
  z.object({ remote_data: z.object({ cancellation: z.object({ requested_at: z.string() }) }) }).parse(body)
    .remote_data;
