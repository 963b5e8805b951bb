/** Numbered pages over a list by cursors: how far it is walked, and what is said where it is not walked to its end. */
import { expect, test } from 'vitest';
import type { DialectRequest } from '../../../functions/dialects/dialect.ts';
import { listSignatureRequests } from '../../../functions/dialects/dropbox-sign/list.ts';
import type { Requests } from '../../../functions/dialects/requests.ts';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import { Problem } from '../../../shared/http/problem.ts';
import { viewRequest } from '../../../shared/http/request-view.ts';
import { details, signatureRequest } from '../http/examples.ts';

const view = (at: number, status: SignatureRequestView['status'] = 'sent'): SignatureRequestView => ({
  ...viewRequest({ ...signatureRequest, cancellation: null }, { reason: null, details: null }, 'https://x'),
  provider_request_id: `r${at}`,
  status,
});

/** A list of so many, in pages of `pageSize`. */
const listOf = (items: readonly SignatureRequestView[], pageSize = 100) => {
  const calls: number[] = [];
  const list: Requests['list'] = async ({ cursor = '0' }) => {
    const from = Number(cursor);
    calls.push(from);
    const next = from + pageSize;
    return { items: items.slice(from, next), nextCursor: next < items.length ? String(next) : null };
  };
  return { list, calls };
};

const ask = async (list: Requests['list'], query: string, remainingMs = () => 28_000) => {
  const given = {
    requests: { list },
    query: new URLSearchParams(query),
    account: { options: {} },
    remainingMs,
  };
  const { body } = await listSignatureRequests(given as unknown as DialectRequest);
  return body as {
    readonly list_info: Readonly<Record<string, number | null>>;
    readonly signature_requests: readonly { readonly signature_request_id: string }[];
  };
};

const many = (count: number) => Array.from({ length: count }, (_, at) => view(at));

test('counts all that there are, and cuts the page out of them', async () => {
  const { list } = listOf(many(250));
  const { list_info, signature_requests } = await ask(list, 'page=3&page_size=100');
  expect(list_info).toEqual({ page: 3, page_size: 100, num_pages: 3, num_results: 250 });
  expect(signature_requests.map(({ signature_request_id: id }) => id)).toEqual(
    Array.from({ length: 50 }, (_, at) => `r${200 + at}`),
  );
});

test('goes on over pages that are short or empty', async () => {
  const { list } = listOf([...Array.from({ length: 30 }, (_, at) => view(at, 'cancelled')), view(30)], 10);
  const { list_info, signature_requests } = await ask(list, '');
  expect(list_info['num_results']).toBe(1);
  expect(signature_requests).toMatchObject([{ signature_request_id: 'r30' }]);
});

test('with more than a thousand it does not say how many, and has no page beyond', async () => {
  const { list, calls } = listOf(many(5_000));
  const { list_info, signature_requests } = await ask(list, 'page=20&page_size=50');
  expect(list_info).toEqual({ page: 20, page_size: 50, num_pages: 20, num_results: null });
  expect(signature_requests.at(-1)).toMatchObject({ signature_request_id: 'r999' });
  expect(calls).toHaveLength(10);
  const beyond = ask(list, 'page=21&page_size=50');
  await expect(beyond).rejects.toThrow(Problem);
  await expect(beyond).rejects.toMatchObject({ options: { errors: [{ field: 'page' }] } });
});

test('what lies far apart is not walked for without end', async () => {
  const { list, calls } = listOf(
    Array.from({ length: 10_000 }, (_, at) => view(at, 'cancelled')),
    10,
  );
  const { list_info, signature_requests } = await ask(list, '');
  expect(calls).toHaveLength(50);
  expect(list_info).toMatchObject({ num_pages: 1, num_results: null });
  expect(signature_requests).toEqual([]);
  await expect(ask(list, 'page=2')).rejects.toThrow(Problem);
});

test('where the store is slow it is walked no longer than the function has', async () => {
  const { list, calls } = listOf(many(5_000), 10);
  const remainingMs = () => 28_000 - calls.length * 1_500;
  const { list_info } = await ask(list, 'page_size=10', remainingMs);
  expect(remainingMs()).toBeGreaterThan(5_000);
  expect(list_info).toEqual({ page: 1, page_size: 10, num_pages: calls.length, num_results: null });
});

test('a page that no function could answer is refused by its size, and a smaller one is there', async () => {
  const [signer] = viewRequest(signatureRequest, { reason: null, details }, 'https://x').signers;
  if (signer === undefined) throw new Error('the example has no signer');
  const crowd = Array.from({ length: 400 }, () => signer);
  const { list } = listOf(many(100).map((one) => ({ ...one, signers: crowd })));
  await expect(ask(list, 'page_size=100')).rejects.toMatchObject({
    type: 'invalid-request',
    options: { errors: [{ field: 'page_size' }] },
  });
  expect((await ask(list, 'page_size=5&page=20')).signature_requests).toHaveLength(5);
});
