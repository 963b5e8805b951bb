/** Which messages of a batch Lambda's event source mapping deletes, given how the function ended. */

import { parseJson } from '../aws-calls.ts';
import { isRecord } from '../intrinsics.ts';
import type { InvocationResult } from '../lambda/invocation.ts';

/**
 * @param messageIds of the batch
 * @param reportsFailures whether the mapping has `ReportBatchItemFailures`
 * @returns the ids of the messages that succeeded. The others come back after their visibility time-out.
 *
 * Source: AWS Lambda developer guide, "Handling errors for an SQS event source". Nothing reported is success; a
 * report that cannot be understood, or that names a message outside the batch, fails the whole batch.
 */
export const succeededMessages = (
  messageIds: readonly string[],
  result: InvocationResult,
  reportsFailures: boolean,
): readonly string[] => {
  if (result.kind === 'failed') return [];
  if (!reportsFailures) return messageIds;
  const failures = reportedFailures(result.payload);
  if (failures === 'malformed' || failures.some((id) => !messageIds.includes(id))) return [];
  return messageIds.filter((id) => !failures.includes(id));
};

const reportedFailures = (payload: string): readonly string[] | 'malformed' => {
  const response = payload === 'null' ? {} : parseJson(payload);
  if (!isRecord(response)) return 'malformed';
  const items = response['batchItemFailures'] ?? [];
  if (!Array.isArray(items)) return 'malformed';
  const ids = items.map((item) => (isRecord(item) ? item['itemIdentifier'] : null));
  return ids.every((id) => typeof id === 'string' && id !== '') ? ids.map(String) : 'malformed';
};
