/** The table's shape: keys, indexes and the TTL attribute, for the CDK app and for the store alike. */

export const table = {
  partitionKey: 'pk',
  sortKey: 'sk',
  ttl: 'ttl',
  /** Immutable per item, so a transition costs nothing here. Lists a tenant's requests, accounts and keys. */
  byTenant: { index: 'by_tenant', partitionKey: 'list', sortKey: 'created' },
  /** Sparse: only items with something to do (or failed ones) are in it. `wake` is a number, epoch milliseconds. */
  due: { index: 'due', partitionKey: 'shard', sortKey: 'wake' },
} as const;
