/**
 * Webhook endpoints in the table: all of a tenant's in one item, each an attribute of it, changed on its own and only
 * while it is still the one with the expected uid. Their secrets are not here.
 */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Instant } from '../domain/ids.ts';
import { type DisabledReason, type Endpoint, type EndpointUid, mostEndpoints } from '../notify/endpoint.ts';
import { fromItem, type Item, type Stored, toItem } from './attributes.ts';
import { endpointAttribute, endpointMap, endpointsKey, parseEndpoints } from './endpoint-item.ts';
import { endpointReads } from './endpoint-reads.ts';

export const endpointStore = (client: DynamoDBClient, TableName: string) => {
  const { list, listEvenIfDeleting } = endpointReads(client, TableName);

  /** @returns the endpoint as written; null when the condition did not hold. */
  const update = async (
    { tenant, id }: Pick<Endpoint, 'tenant' | 'id'>,
    { expression, condition, values }: Update,
  ): Promise<Endpoint | null> => {
    try {
      const { Attributes = {} } = await client.send(
        new UpdateItemCommand({
          TableName,
          Key: endpointsKey(tenant),
          UpdateExpression: byPlaceholders(expression),
          ConditionExpression: byPlaceholders(condition),
          ExpressionAttributeNames: {
            '#e': endpointAttribute(id),
            ...placeholdersIn(expression + condition),
          },
          ExpressionAttributeValues: values,
          ReturnValues: 'ALL_NEW',
        }),
      );
      return parseEndpoints(tenant, fromItem(Attributes)).find((endpoint) => endpoint.id === id) ?? null;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return null;
      throw error;
    }
  };

  /**
   * The item counts its endpoints, so that the limit holds between two that are made at the same time.
   * @returns null when there is one of this name already, or the tenant has as many as it may.
   */
  const create = (endpoint: Endpoint): Promise<Endpoint | null> =>
    update(endpoint, {
      expression: 'SET #e = :endpoint ADD amount :one',
      condition: 'attribute_not_exists(#e) AND (attribute_not_exists(amount) OR amount < :most)',
      values: {
        ':endpoint': { M: endpointMap(endpoint) },
        ...numbers({ ':one': 1, ':most': mostEndpoints }),
      },
    });

  /** With everything in it. @returns null when it is another one by now, or is being deleted. */
  const replace = (endpoint: Endpoint): Promise<Endpoint | null> =>
    update(endpoint, {
      expression: 'SET #e = :endpoint',
      ...aliveWith(endpoint.uid, { ':endpoint': { M: endpointMap(endpoint) } }),
    });

  /** From here on nobody finds it but the one who repeats the deletion. @returns as `replace`. */
  const markDeleting = (endpoint: Endpoint): Promise<Endpoint | null> =>
    replace({ ...endpoint, deleting: true });

  const remove = async (endpoint: Endpoint): Promise<void> => {
    await update(endpoint, {
      expression: 'REMOVE #e ADD amount :minus',
      condition: '#e.uid = :uid',
      values: { ':uid': { S: endpoint.uid }, ...numbers({ ':minus': -1 }) },
    });
  };

  /** Its secret has changed. @returns as `replace`. */
  const touchSecret = (endpoint: Endpoint, at: Instant): Promise<Endpoint | null> =>
    update(endpoint, {
      expression: 'SET #e.secret_at = :at, #e.updated = :at',
      ...aliveWith(endpoint.uid, numbers({ ':at': at })),
    });

  /** @returns null when it has changed since it was read, is being deleted, or is disabled already. */
  const recordFailure = (
    endpoint: Endpoint,
    failure: NonNullable<Endpoint['lastFailure']>,
  ): Promise<Endpoint | null> =>
    update(endpoint, {
      expression: 'SET #e.failing = if_not_exists(#e.failing, :at), #e.failure = :failure',
      ...enabledAs(endpoint, { ...numbers({ ':at': failure.at }), ':failure': map(failure) }),
    });

  /** Ends a failure; to be called only where there is one. @returns as `recordFailure`. */
  const recordSuccess = (endpoint: Endpoint): Promise<Endpoint | null> =>
    update(endpoint, { expression: 'REMOVE #e.failing, #e.tried', ...enabledAs(endpoint, {}) });

  /** Of all that would try a failing endpoint, one does. @returns as `recordFailure`, and when somebody else has begun. */
  const claimTry = (endpoint: Endpoint, at: Instant): Promise<Endpoint | null> => {
    const { triedAt } = endpoint;
    const alive = enabledAs(endpoint, numbers({ ':at': at, ...(triedAt && { ':seen': triedAt }) }));
    const unmoved = triedAt === null ? 'attribute_not_exists(#e.tried)' : '#e.tried = :seen';
    return update(endpoint, {
      expression: 'SET #e.tried = :at',
      ...alive,
      condition: `${alive.condition} AND ${unmoved}`,
    });
  };

  /** @returns as `recordFailure`, and when it no longer fails as it was seen to. */
  const disable = (endpoint: Endpoint, at: Instant, reason: DisabledReason): Promise<Endpoint | null> => {
    const since = endpoint.failingSince;
    const enabled = enabledAs(endpoint, {
      ':disabled': map({ at, reason, announced: false }),
      ...(since && numbers({ ':since': since })),
    });
    return update(endpoint, {
      expression: 'SET #e.disabled = :disabled',
      ...enabled,
      condition: since ? `${enabled.condition} AND #e.failing = :since` : enabled.condition,
    });
  };

  /** The tenant's other endpoints know that this one is disabled. */
  const markAnnounced = async (endpoint: Endpoint): Promise<void> => {
    await update(endpoint, {
      expression: 'SET #e.disabled.announced = :true',
      condition: '#e.uid = :uid AND #e.disabled.at = :at',
      values: {
        ':uid': { S: endpoint.uid },
        ':true': { BOOL: true },
        ...numbers({ ':at': endpoint.disabled?.at ?? 0 }),
      },
    });
  };

  return {
    list,
    listEvenIfDeleting,
    create,
    replace,
    markDeleting,
    remove,
    touchSecret,
    recordFailure,
    recordSuccess,
    claimTry,
    disable,
    markAnnounced,
  };
};
export type EndpointStore = ReturnType<typeof endpointStore>;

interface Update {
  readonly expression: string;
  readonly condition: string;
  readonly values: Item;
}

/** Field names go by placeholders, since many of them are reserved words. */
const fieldNames = /(?<=\.)[a-z_]+/g;
const byPlaceholders = (expression: string): string => expression.replaceAll(fieldNames, '#$&');
const placeholdersIn = (expression: string): Record<string, string> =>
  Object.fromEntries([...expression.matchAll(fieldNames)].map(([name]) => [`#${name}`, name]));

const aliveWith = (uid: EndpointUid, values: Item) => ({
  condition: '#e.uid = :uid AND attribute_not_exists(#e.deleting)',
  values: { ':uid': { S: uid }, ...values },
});
/** What an attempt at the endpoint tells of it is of no account once its URL or secret is another. */
const enabledAs = ({ uid, url, updatedAt }: Endpoint, values: Item) => {
  const alive = aliveWith(uid, { ...values, ':url': { S: url }, ...numbers({ ':updated': updatedAt }) });
  const unchanged = '#e.url = :url AND #e.updated = :updated';
  return { ...alive, condition: `${alive.condition} AND ${unchanged} AND attribute_not_exists(#e.disabled)` };
};

const numbers = (values: Readonly<Record<string, number>>): Item => toItem(values);
const map = (fields: { readonly [name: string]: Stored | undefined }) => ({ M: toItem(fields) });
