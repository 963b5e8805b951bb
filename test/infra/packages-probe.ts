/** What trimmed-packages.test.ts works with, bundled as the functions are: their own AWS clients, and zod. */
import * as z from 'zod/mini';

export {
  ConditionalCheckFailedException,
  CreateTableCommand,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
export {
  CreateSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
export { SendMessageCommand } from '@aws-sdk/client-sqs';
export { dynamoDBClient, secretsManagerClient, sqsClient } from '../../shared/aws/clients.ts';
export { isPassing } from '../../shared/http/failure.ts';

export const tolerant = z.catch(z.string(), 'unreadable');
