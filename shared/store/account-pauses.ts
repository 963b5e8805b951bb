/** What calls to an account's provider leave on it: pauses, the breaker, and reserved calls. */
import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { AccountUid, Instant } from '../domain/ids.ts';
import type { CancellationErrorType } from '../domain/signature-request.ts';
import { nextFreeName, type StoredAccount } from './account-item.ts';
import { accountKeyOf as keyOf } from './account-reads.ts';
import type { Item } from './attributes.ts';
import { unlessRefused } from './unless-refused.ts';

export const accountPauses = (client: DynamoDBClient, TableName: string) => {
  /** Sets the pause of an account unless it is paused for longer already, or is another one by now. */
  const pauseAccount = async (
    account: Pick<StoredAccount, 'tenant' | 'accountId' | 'uid'>,
    until: Instant,
    reason: CancellationErrorType,
  ): Promise<void> => {
    const update = pauseUpdate(account.uid, until, reason);
    await unlessRefused(client.send(new UpdateItemCommand({ TableName, Key: keyOf(account), ...update })));
  };

  /** Ends the pause that was seen. @returns false when it is another one by now. */
  const endPause = (account: StoredAccount): Promise<boolean> =>
    update(account, {
      UpdateExpression: 'REMOVE paused_until, pause_reason',
      ...expecting(account.uid, account.pausedUntil, {}),
      ExpressionAttributeNames: { '#uid': 'uid', '#seen': 'paused_until' },
    });

  /** Moves the next free slot of a bucket. @returns false when somebody else has moved it. */
  const reserveSlots = (account: StoredAccount, bucket: string, next: Instant): Promise<boolean> =>
    update(account, {
      UpdateExpression: 'SET #next = :next',
      ...expecting(account.uid, account.nextFree[bucket] ?? null, { ':next': next }),
      ExpressionAttributeNames: {
        '#uid': 'uid',
        '#next': nextFreeName(bucket),
        '#seen': nextFreeName(bucket),
      },
    });

  /** Opens the breaker, or keeps it open after a failed probe. @returns false when somebody else was first. */
  const trip = (account: StoredAccount, until: Instant, reason: CancellationErrorType): Promise<boolean> => {
    const first = account.trips === 0;
    const { ConditionExpression, ExpressionAttributeValues } = expecting(
      account.uid,
      first ? null : account.trips,
      { ':trips': account.trips + 1, ':until': until },
    );
    // A longer pause, of the provider's own wish, stays. A failed probe replaces the time that it was given.
    const keeps = ' AND (attribute_not_exists(paused_until) OR paused_until < :until)';
    return update(account, {
      UpdateExpression: 'SET trips = :trips, paused_until = :until, pause_reason = :reason',
      ConditionExpression: first ? ConditionExpression + keeps : ConditionExpression,
      ExpressionAttributeValues,
      ExpressionAttributeNames: { '#uid': 'uid', '#seen': 'trips' },
      reason,
    });
  };

  /** Of all workers that find the pause over, one calls; the others wait for what it learns. */
  const claimProbe = (account: StoredAccount, until: Instant): Promise<boolean> =>
    update(account, {
      UpdateExpression: 'SET paused_until = :until',
      ...expecting(account.uid, account.pausedUntil, { ':until': until }),
      ExpressionAttributeNames: { '#uid': 'uid', '#seen': 'paused_until' },
    });

  /** The provider answers again: closes the breaker. */
  const closeBreaker = (account: StoredAccount): Promise<boolean> =>
    update(account, {
      UpdateExpression: 'REMOVE trips, paused_until, pause_reason',
      ...expecting(account.uid, account.trips, {}),
      ExpressionAttributeNames: { '#uid': 'uid', '#seen': 'trips' },
    });

  const update = (account: StoredAccount, { reason, ...expressions }: Update): Promise<boolean> =>
    unlessRefused(
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: keyOf(account),
          ...expressions,
          ExpressionAttributeValues: {
            ...expressions.ExpressionAttributeValues,
            ...(reason === undefined ? {} : { ':reason': { S: reason } }),
          },
        }),
      ),
    );

  return { pauseAccount, endPause, reserveSlots, trip, claimProbe, closeBreaker };
};

interface Update {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Item;
  readonly reason?: CancellationErrorType;
}

/** The condition that an attribute (named `#seen`) is still what was read: a number, or absent. */
const expecting = (uid: AccountUid, seen: number | null, values: Readonly<Record<string, number>>) => ({
  ConditionExpression: `#uid = :uid AND ${seen === null ? 'attribute_not_exists(#seen)' : '#seen = :seen'}`,
  ExpressionAttributeValues: {
    ':uid': { S: uid },
    ...(seen === null ? {} : { ':seen': { N: String(seen) } }),
    ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { N: String(value) }])),
  },
});

const pauseUpdate = (uid: AccountUid, until: Instant, reason: CancellationErrorType) => ({
  UpdateExpression: 'SET paused_until = :until, pause_reason = :reason',
  ConditionExpression: '#uid = :uid AND (attribute_not_exists(paused_until) OR paused_until < :until)',
  ExpressionAttributeNames: { '#uid': 'uid' },
  ExpressionAttributeValues: { ':uid': { S: uid }, ':until': { N: String(until) }, ':reason': { S: reason } },
});
