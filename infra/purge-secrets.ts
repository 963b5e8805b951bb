/**
 * Deletes the account secrets that a deployment has left behind, for good: `cdk destroy` does not know them, since
 * they are made at run time. It only lists them unless told `--yes`.
 *
 *   npm run purge-secrets -- --prefix Rescind/accounts/ [--region R] [--yes]
 *   npm run purge-secrets -- --prefix Rescind/accounts/ --orphans --table NAME [--region R] [--yes]
 *
 * `--orphans` spares every secret that an account of the table still uses, and those made within the last hour.
 */

import { parseArgs } from 'node:util';
import {
  DeleteSecretCommand,
  paginateListSecrets,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Tenant } from '../shared/domain/ids.ts';
import { secretName } from '../shared/secrets/account-secrets.ts';
import { accountStore } from '../shared/store/accounts.ts';
import { connectToTable } from './table-connection.ts';

const usage =
  'usage: npm run purge-secrets -- --prefix STACK/accounts/ [--orphans --table NAME] [--region R] [--yes]';
/** An account that is being created has its secret before it has its item. */
const youngMs = 3_600_000;

interface Found {
  readonly name: string;
  readonly createdAt: number;
}

const listSecrets = async (client: SecretsManagerClient, prefix: string): Promise<readonly Found[]> => {
  const found: Found[] = [];
  for await (const { SecretList = [] } of paginateListSecrets(
    { client },
    { Filters: [{ Key: 'name', Values: [prefix] }] },
  )) {
    for (const { Name, CreatedDate } of SecretList) {
      if (Name?.startsWith(prefix)) found.push({ name: Name, createdAt: CreatedDate?.getTime() ?? 0 });
    }
  }
  return found;
};

/** Secrets without an account, by what the table says now. */
const orphansAmong = async (
  found: readonly Found[],
  accounts: Pick<ReturnType<typeof accountStore>, 'listAccounts'>,
  prefix: string,
  now: number,
): Promise<readonly Found[]> => {
  const tenants = new Set(found.map(({ name }) => name.slice(prefix.length).split('/')[0] as Tenant));
  const used = new Set<string>();
  for (const tenant of tenants) {
    for (const account of await accounts.listAccounts(tenant)) used.add(secretName(prefix, account));
  }
  return found.filter(({ name, createdAt }) => !used.has(name) && now - createdAt > youngMs);
};

const run = async (): Promise<void> => {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    options: { prefix: text, region: text, table: text, orphans: flag, yes: flag },
  });
  const { prefix, region, table } = values;
  if (prefix === undefined || !/^[^/]+\/accounts\/$/.test(prefix)) throw new Error(usage);
  if (values.orphans === true && table === undefined) throw new Error(`--orphans needs --table\n${usage}`);
  const client = new SecretsManagerClient(region === undefined ? {} : { region });
  const all = await listSecrets(client, prefix);
  const doomed = values.orphans === true ? await orphansIn(all, prefix, { table, region }) : all;
  for (const { name } of doomed) {
    if (values.yes === true) {
      await client.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }));
    }
    console.log(name);
  }
  console.log(
    `${doomed.length} of ${all.length} ${values.yes === true ? 'deleted' : 'to delete; add --yes to do it'}`,
  );
};

const orphansIn = async (
  all: readonly Found[],
  prefix: string,
  given: Parameters<typeof connectToTable>[0],
): Promise<readonly Found[]> => {
  const { client, tableName } = await connectToTable(given, process.env);
  return orphansAmong(all, accountStore(client, tableName), prefix, Date.now());
};

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message || error.name : error);
  process.exitCode = 1;
}
