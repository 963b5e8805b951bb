/** A conditional write that others may have been faster than. */
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';

/** @returns false when the condition did not hold. */
export const unlessRefused = async (write: Promise<unknown>): Promise<boolean> => {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
};
