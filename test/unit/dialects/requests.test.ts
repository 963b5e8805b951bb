/** The API's operations as a dialect calls them. */
import { expect, test } from 'vitest';
import type { UsedOperations } from '../../../functions/dialects/operations.ts';
import { requestsOf } from '../../../functions/dialects/requests.ts';
import type { AccountId, Tenant } from '../../../shared/domain/ids.ts';
import { deriveCreatedId } from '../../../shared/domain/ids.ts';
import { Problem } from '../../../shared/http/problem.ts';

const tenant = 'demo' as Tenant;

test('what was made under a key is found by each spelling of the key', async () => {
  const asked: string[] = [];
  const operations = {
    getSignatureRequest: async ({ path }: { path: { id: string } }) => {
      asked.push(path.id);
      throw new Problem('signature-request-not-found');
    },
  } as unknown as UsedOperations;
  const { findCreated } = requestsOf(
    operations,
    { tenant, keyName: 'app' },
    { accountId: 'main' as AccountId, provider: 'dropbox-sign' },
    { requestId: 'r', remainingMs: () => 1_000, log: () => undefined },
  );
  for (const key of ['a"b', '"a\\"b"', ' a"b ']) expect(await findCreated(key)).toBeNull();
  expect(new Set(asked)).toEqual(new Set([deriveCreatedId(tenant, 'a"b')]));
});
