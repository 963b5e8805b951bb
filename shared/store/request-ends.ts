/** What is done to a request when nothing more happens to it: it is marked as told, and erased. */
import { DeleteItemCommand, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Instant } from '../domain/ids.ts';
import type { SignatureRequest } from '../domain/signature-request.ts';
import { markTold as told } from '../domain/transition.ts';
import type { Item } from './attributes.ts';
import { requestKey, shardOf } from './request-item.ts';
import { aliasKeyOf, leadsTo, partsOf, passingPartsOf } from './request-parts.ts';
import { table } from './table.ts';
import { unlessRefused } from './unless-refused.ts';

export const requestEnds = (client: DynamoDBClient, tableName: string) => {
  /**
   * Everything of it. The hot item first, and only as it was read: a wish that came in between keeps it. What lies apart has
   * had its own end since the request finished, so a crash in between leaves it no longer than that.
   * @param evenIfUntold another request takes its place: what happened to it concerns nobody
   * @returns false when it has changed meanwhile; then nothing is erased
   */
  const erase = async (request: SignatureRequest, evenIfUntold = false): Promise<boolean> => {
    const { tenant, id, version } = request;
    const unchanged = {
      ConditionExpression: evenIfUntold ? '#v = :v' : '#v = :v AND attribute_not_exists(untold)',
      ExpressionAttributeNames: { '#v': 'v' },
      ExpressionAttributeValues: { ':v': { N: String(version) } },
    };
    if (!(await remove(requestKey(tenant, id), unchanged))) return false;
    const parts = [
      ...partsOf({ ...request, hasOlderHistory: true, detailsRevision: 1 }),
      ...passingPartsOf(request),
    ];
    const alias = aliasKeyOf(request);
    await Promise.all([
      ...parts.map((Key) => remove(Key)),
      ...(alias === null ? [] : [remove(alias, leadsTo(request))]),
    ]);
    return true;
  };

  const remove = async (Key: Item, condition: object = {}): Promise<boolean> =>
    unlessRefused(client.send(new DeleteItemCommand({ TableName: tableName, Key, ...condition })));

  /**
   * Everything up to this image has been told. No transition: whoever decides on it meanwhile loses nothing but a second telling.
   * @returns false when it has changed meanwhile: there may be more to tell
   */
  const markTold = async (request: SignatureRequest, now = Date.now() as Instant): Promise<boolean> => {
    const next = told(request, now);
    const shard = shardOf(next);
    const wake = shard === null ? null : next.wakeAt;
    const gone = wake === null;
    return unlessRefused(
      client.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: requestKey(request.tenant, request.id),
          UpdateExpression: gone
            ? 'REMOVE untold, #shard, #wake'
            : 'SET #shard = :shard, #wake = :wake REMOVE untold',
          ConditionExpression: '#v = :v',
          ExpressionAttributeNames: {
            '#shard': table.due.partitionKey,
            '#wake': table.due.sortKey,
            '#v': 'v',
          },
          ExpressionAttributeValues: {
            ':v': { N: String(request.version) },
            ...(gone ? {} : { ':shard': { S: shard ?? '' }, ':wake': { N: String(wake) } }),
          },
        }),
      ),
    );
  };

  return { erase, markTold };
};
