/** OKdokument's own calls against Rescind: with the host and the key changed, and nothing else. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Connection, openRescind, type Rescind } from '../end-to-end/rescind.ts';

let rescind: Rescind;
let connection: Connection;
beforeAll(async () => {
  rescind = await openRescind();
  connection = await rescind.connect('okdokument');
});
afterAll(() => rescind?.stack.close());

/** The example of the vendor's page, with another host and key. */
const deleteRequest = async (
  id: string,
  key = rescind.keys.client,
  base = `/d/${connection.accountId}`,
): Promise<{ readonly status: number; readonly body: unknown }> => {
  const answer = await fetch(`${rescind.stack.url}${base}/JSON/signatureRequest/${id}`, {
    method: 'DELETE',
    headers: { 'x-api-key': key },
  });
  return { status: answer.status, body: await answer.json() };
};

test('a deletion is answered when it is proven', async () => {
  const id = connection.seed();
  expect(await deleteRequest(id)).toEqual({ status: 200, body: { message: 'msg.deleted', result: id } });
  expect(connection.control.request(id)?.status).toBe('deleted');
});

test('what does not exist is said to in the words of the vendor', async () => {
  const id = randomUUID();
  expect(await deleteRequest(id)).toEqual({
    status: 400,
    body: { message: 'err.signature.request.not.exist', value: id },
  });
});

test('a wrong key is 401', async () => {
  expect(await deleteRequest(randomUUID(), 'no-key')).toMatchObject({ status: 401 });
});

test('without an account in the path it is the one that is named like the provider', async () => {
  const { client, stranger } = rescind.keys;
  // The first tenant of a local stack has one.
  expect(await deleteRequest(randomUUID(), client, '')).toMatchObject({ status: 400 });
  expect(await deleteRequest(randomUUID(), stranger, '')).toMatchObject({ status: 403 });
});

test("another tenant's account is not there", async () => {
  expect(await deleteRequest(randomUUID(), rescind.keys.stranger)).toMatchObject({ status: 403 });
});
