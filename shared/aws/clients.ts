/**
 * AWS clients with the time-outs that the SDK does not have by default. Where they connect to, and with which
 * credentials, comes from the environment alone (`AWS_ENDPOINT_URL_DYNAMODB` and its siblings on a laptop).
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';

const limits = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
};

export const dynamoDBClient = (): DynamoDBClient => new DynamoDBClient(limits);
export const sqsClient = (): SQSClient => new SQSClient(limits);
/** For a message that may be lost but not doubled: whoever repeats a call whose answer was lost may send it twice. */
export const sqsOnceClient = (): SQSClient => new SQSClient({ ...limits, maxAttempts: 1 });
export const secretsManagerClient = (): SecretsManagerClient => new SecretsManagerClient(limits);
