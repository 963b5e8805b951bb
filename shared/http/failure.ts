/** What the client is told about an error that no handler expected: nothing but whether to come back. */
import { Problem } from './problem.ts';

/** @returns the error itself if it is a problem; else `temporarily-unavailable` or `internal-error`. */
export const asProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  return new Problem(isPassing(error) ? 'temporarily-unavailable' : 'internal-error');
};

const passingNames = new Set([
  'TimeoutError',
  'AbortError',
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'LimitExceededException',
  // Ours: a write that kept losing races.
  'ConflictError',
]);
const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]);

/** AWS is unreachable, throttles, or has a fault of its own, by the SDK's marks on the error; or one item is crowded. */
export const isPassing = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  if (passingNames.has(error.name)) return true;
  if ('code' in error && typeof error.code === 'string' && connectionCodes.has(error.code)) return true;
  return '$fault' in error && error.$fault === 'server';
};
