/**
 * Deletes the secrets that a deployment has made at run time, for good: `cdk destroy` does not know them. Those of
 * accounts and those of webhook endpoints have a prefix each. It only lists them unless told `--yes`.
 *
 *   npm run purge-secrets -- --prefix Rescind/accounts/ [--region R] [--yes]
 *   npm run purge-secrets -- --prefix Rescind/endpoints/ [--region R] [--yes]
 *   npm run purge-secrets -- --prefix Rescind/accounts/ --orphans --table NAME [--region R] [--yes]
 *
 * `--orphans` spares every secret that the table still uses, and those made within the last hour. The sealing key,
 * which the template makes, is none of them: it is kept with the table.
 */

import { parseArgs } from 'node:util';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteSecretCommand,
  paginateListSecrets,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Tenant } from '../shared/domain/ids.ts';
import { type SecretOwner, secretName } from '../shared/secrets/account-secrets.ts';
import { accountStore } from '../shared/store/accounts.ts';
import { endpointStore } from '../shared/store/endpoints.ts';
import { connectToTable } from './table-connection.ts';

const usage =
  'usage: npm run purge-secrets -- --prefix STACK/accounts/|STACK/endpoints/ [--orphans --table NAME] [--region R] [--yes]';
/** What is being created has its secret before it has its item. */
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

type OwnersOf = (tenant: Tenant) => Promise<readonly SecretOwner[]>;

/** By the folder that the prefix names: whose secrets these are, by what the table says now. */
const owners: Readonly<Record<string, (client: DynamoDBClient, table: string) => OwnersOf>> = {
  accounts: (client, table) => accountStore(client, table).listAccounts,
  endpoints: (client, table) => endpointStore(client, table).listEvenIfDeleting,
};

const orphansAmong = async (
  found: readonly Found[],
  ownersOf: OwnersOf,
  prefix: string,
  now: number,
): Promise<readonly Found[]> => {
  const tenants = new Set(found.map(({ name }) => name.slice(prefix.length).split('/')[0] as Tenant));
  const used = new Set<string>();
  for (const tenant of tenants) {
    for (const owner of await ownersOf(tenant)) used.add(secretName(prefix, owner));
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
  const [, folder = ''] = /^[^/]+\/([^/]+)\/$/.exec(prefix ?? '') ?? [];
  const ownersIn = Object.hasOwn(owners, folder) ? owners[folder] : undefined;
  if (prefix === undefined || ownersIn === undefined) throw new Error(usage);
  if (values.orphans === true && table === undefined) throw new Error(`--orphans needs --table\n${usage}`);
  const client = new SecretsManagerClient(region === undefined ? {} : { region });
  const all = await listSecrets(client, prefix);
  const orphans = async (): Promise<readonly Found[]> => {
    const { client: dynamoDB, tableName } = await connectToTable({ table, region }, process.env);
    return orphansAmong(all, ownersIn(dynamoDB, tableName), prefix, Date.now());
  };
  const doomed = values.orphans === true ? await orphans() : all;
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

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message || error.name : error);
  process.exitCode = 1;
}
