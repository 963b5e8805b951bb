/** API keys in the table: stored as their SHA-256, owned by a tenant, listed by a short id. */

import { randomBytes } from 'node:crypto';
import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import type { Tenant } from '../domain/ids.ts';
import { fromItem, toItem } from './attributes.ts';
import { hashKey } from './key-hash.ts';
import { table } from './table.ts';

export interface KeyOwner {
  readonly tenant: Tenant;
  readonly keyName: string;
}
/** What may be shown of a key. */
export interface KeyListing {
  /** The first 12 hex digits of the key's hash. */
  readonly id: string;
  readonly name: string;
  /** RFC 3339. */
  readonly createdAt: string;
}

const stored = z.object({ tenant: z.string(), name: z.string(), created: z.string() });
const listed = z.object({ [table.partitionKey]: z.string(), created: z.string() });

export const keyStore = (client: DynamoDBClient, tableName: string) => {
  const read = async (hash: string) => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: keyOf(hash), ConsistentRead: true }),
    );
    return Item === undefined ? null : stored.parse(fromItem(Item));
  };

  /** The owner of the key with this hash (see `hashKey`). */
  const findKey = async (hash: string): Promise<KeyOwner | null> => {
    const item = await read(hash);
    return item && { tenant: item.tenant as Tenant, keyName: item.name };
  };

  const listKeys = async (tenant: Tenant): Promise<readonly (KeyListing & { readonly hash: string })[]> => {
    const hashes: string[] = [];
    for await (const page of paginateQuery({ client }, listingOf(tableName, tenant))) {
      for (const item of page.Items ?? [])
        hashes.push(listed.parse(fromItem(item)).pk.slice(keyPrefix.length));
    }
    const items = await Promise.all(hashes.map(async (hash) => ({ hash, item: await read(hash) })));
    return items.flatMap(({ hash, item }) =>
      item === null
        ? []
        : [{ hash, id: shortId(hash), name: item.name, createdAt: item.created.split('#')[0] ?? '' }],
    );
  };

  /** Stores a key whose text is already known to its holder. Doing so again changes nothing but its name. */
  const importKey = async (tenant: Tenant, name: string, key: string, now: Date): Promise<KeyListing> => {
    const hash = hashKey(key);
    const created = `${now.toISOString()}#${shortId(hash)}`;
    const Item = { ...keyOf(hash), ...toItem({ tenant, name, created, list: listOf(tenant) }) };
    await client.send(new PutItemCommand({ TableName: tableName, Item }));
    return { id: shortId(hash), name, createdAt: now.toISOString() };
  };

  /** The key's text is returned here and nowhere else. */
  const createKey = async (
    tenant: Tenant,
    name: string,
    now: Date,
  ): Promise<KeyListing & { readonly key: string }> => {
    const key = `rk_${randomBytes(32).toString('base64url')}`;
    return { ...(await importKey(tenant, name, key, now)), key };
  };

  /**
   * @param idOrName a short id, or a name that only one key of the tenant has.
   * @returns the revoked key; null when none matches.
   * @throws Error when more than one matches.
   */
  const revokeKey = async (tenant: Tenant, idOrName: string): Promise<KeyListing | null> => {
    const keys = await listKeys(tenant);
    const matching = keys.filter(({ id, name }) => id === idOrName || name === idOrName);
    if (matching.length > 1) throw new Error(`${matching.length} keys are named ${idOrName}: revoke by id`);
    const [key] = matching;
    if (key === undefined) return null;
    await client.send(new DeleteItemCommand({ TableName: tableName, Key: keyOf(key.hash) }));
    return key;
  };

  return { findKey, listKeys, importKey, createKey, revokeKey };
};

const keyPrefix = 'key#';
const keyOf = (hash: string) =>
  toItem({ [table.partitionKey]: `${keyPrefix}${hash}`, [table.sortKey]: 'key' });
const listOf = (tenant: Tenant): string => `keys#${tenant}`;
const shortId = (hash: string): string => hash.slice(0, 12);

const listingOf = (tableName: string, tenant: Tenant) => ({
  TableName: tableName,
  IndexName: table.byTenant.index,
  KeyConditionExpression: '#list = :list',
  ExpressionAttributeNames: { '#list': table.byTenant.partitionKey },
  ExpressionAttributeValues: { ':list': { S: listOf(tenant) } },
});
