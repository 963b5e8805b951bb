/** A followed request's name and signers, apart from its hot item: they change rarely, and are large. */
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import {
  mergeDetails,
  noDetails,
  type RequestDetails,
  type SeenDetails,
  type SignerId,
  signerRoles,
  signerStatuses,
} from '../domain/details.ts';
import type { Instant, RequestId, Tenant } from '../domain/ids.ts';
import { requestKey } from './request-item.ts';
import { unlessRefused } from './unless-refused.ts';

export const detailsPart = 'details';
const mostTries = 5;

export const detailsStore = (client: DynamoDBClient, TableName: string) => {
  const keyOf = (tenant: Tenant, id: RequestId) => requestKey(tenant, id, detailsPart);

  const get = async (tenant: Tenant, id: RequestId): Promise<RequestDetails | null> => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: keyOf(tenant, id), ConsistentRead: true }),
    );
    return Item?.details?.S === undefined ? null : stored.parse(JSON.parse(Item.details.S));
  };

  /** @returns false when there is another revision than the one before this. */
  const put = async (tenant: Tenant, id: RequestId, details: RequestDetails): Promise<boolean> =>
    unlessRefused(
      client.send(
        new PutItemCommand({
          TableName,
          Item: {
            ...keyOf(tenant, id),
            details: { S: JSON.stringify(details) },
            revision: { N: String(details.revision) },
          },
          ConditionExpression: 'attribute_not_exists(revision) OR revision = :before',
          ExpressionAttributeValues: { ':before': { N: String(details.revision - 1) } },
        }),
      ),
    );

  /**
   * Adds what a provider tells. Nothing is written when nothing is new.
   * @param isKnown something of it is kept already: if there is nothing now, it was erased, and stays so
   * @returns the revision that holds it; null when it was erased
   * @throws Error when others keep writing
   */
  const merge = async (
    tenant: Tenant,
    id: RequestId,
    seen: SeenDetails,
    isKnown: boolean,
  ): Promise<number | null> => {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const kept = await get(tenant, id);
      if (kept === null && isKnown) return null;
      const known = kept ?? noDetails;
      const merged = mergeDetails(known, seen);
      if (merged === known || (await put(tenant, id, merged))) return merged.revision;
    }
    throw new Error(`the details of ${id} kept changing`);
  };

  return { get, put, merge };
};

export type DetailsStore = ReturnType<typeof detailsStore>;

const text = z.nullable(z.string());
const instant = z.nullable(
  z.pipe(
    z.number(),
    z.transform((value) => value as Instant),
  ),
);
const stored = z.object({
  revision: z.number(),
  name: text,
  externalId: text,
  page: text,
  preparePage: text,
  signers: z.array(
    z.object({
      id: z.pipe(
        z.string(),
        z.transform((value) => value as SignerId),
      ),
      ref: text,
      name: text,
      email: text,
      role: z.enum(signerRoles),
      order: z.nullable(z.number()),
      status: z.enum(signerStatuses),
      viewedAt: instant,
      decidedAt: instant,
      declineReason: text,
      page: text,
      linkSecret: text,
    }),
  ),
});
