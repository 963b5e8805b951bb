/**
 * Manages API keys, with the rights of whoever runs it: on AWS with `--table` and the usual AWS credentials, else on
 * the local stack that is running.
 *
 *   npm run keys -- create --tenant T [--name N]
 *   npm run keys -- list   --tenant T
 *   npm run keys -- revoke --tenant T (--id ID | --name N)
 */
import { parseArgs } from 'node:util';
import { namePattern, type Tenant } from '../shared/domain/ids.ts';
import { isPassing } from '../shared/http/failure.ts';
import { keyStore } from '../shared/store/keys.ts';
import { connectToTable } from './table-connection.ts';

const usage =
  'usage: npm run keys -- create|list|revoke --tenant T [--name N] [--id ID] [--table NAME] [--region R]';

type Keys = ReturnType<typeof keyStore>;
interface Wanted {
  readonly tenant: Tenant;
  readonly name: string | undefined;
  readonly id: string | undefined;
}

const create = async (keys: Keys, { tenant, name = 'default' }: Wanted): Promise<string> => {
  const named = (await keys.listKeys(tenant)).some((key) => key.name === name);
  if (named)
    throw new Error(`${tenant} has a key named ${name} already: choose another name, or revoke that one`);
  const { id, key } = await keys.createKey(tenant, checkedName('name', name), new Date());
  return `${key}\n\nThis is the only time that the key is shown. Its id is ${id}, its name ${name}.`;
};

const list = async (keys: Keys, { tenant }: Wanted): Promise<string> => {
  const found = await keys.listKeys(tenant);
  if (found.length === 0) return `${tenant} has no keys.`;
  return found.map(({ id, createdAt, name }) => `${id}  ${createdAt}  ${name}`).join('\n');
};

const revoke = async (keys: Keys, { tenant, id, name }: Wanted): Promise<string> => {
  const which = id ?? name;
  if (which === undefined) throw new Error('say which one: --id ID or --name N');
  const revoked = await keys.revokeKey(tenant, which);
  if (revoked === null) throw new Error(`${tenant} has no key ${which}`);
  return `Revoked ${revoked.id} (${revoked.name}). It stops working within a minute.`;
};

const commands: Readonly<Record<string, (keys: Keys, wanted: Wanted) => Promise<string>>> = {
  create,
  list,
  revoke,
};

const checkedName = (option: string, value: string | undefined): string => {
  if (value !== undefined && namePattern.test(value)) return value;
  throw new Error(`--${option} must be 1 to 63 of a-z, 0-9 and -, not starting with -\n${usage}`);
};

const run = async (): Promise<string> => {
  const text = { type: 'string' } as const;
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { tenant: text, name: text, id: text, table: text, region: text },
  });
  const [name = '', ...surplus] = positionals;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined || surplus.length > 0) throw new Error(usage);
  const tenant = checkedName('tenant', values.tenant) as Tenant;
  const { client, tableName } = await connectToTable(values, process.env);
  return command(keyStore(client, tableName), { tenant, name: values.name, id: values.id });
};

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

try {
  console.log(await run());
} catch (error) {
  console.error(isPassing(error) ? `the table cannot be reached (${String(error)})` : messageOf(error));
  process.exitCode = 1;
}
