/** Entry of the webhook function: what providers call. It reads secrets and public keys to verify, and acts nowhere. */
import { dynamoDBClient, secretsManagerClient, sqsClient, sqsOnceClient } from '../../shared/aws/clients.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import { environmentNames, required } from '../../shared/environment.ts';
import { serve } from '../../shared/http/serve.ts';
import { telling } from '../../shared/notify/telling.ts';
import { policyOf } from '../../shared/policy.ts';
import { callProvider } from '../../shared/providers/call.ts';
import { connections } from '../../shared/providers/connections.ts';
import { providerNamed } from '../../shared/providers/registry.ts';
import { tracedCall } from '../../shared/providers/traced-call.ts';
import { verificationKeys } from '../../shared/providers/verification-keys.ts';
import { hintSender } from '../../shared/queue/hints.ts';
import { credentialsReader } from '../../shared/secrets/account-secrets.ts';
import { readSetting } from '../../shared/settings.ts';
import { accountStore } from '../../shared/store/accounts.ts';
import { requestImages } from '../../shared/store/request-images.ts';
import { receiveWebhook } from './receive-webhook.ts';

const tableName = required(environmentNames.table);
const dynamoDB = dynamoDBClient();
const sqs = sqsClient();
const readCredentials = credentialsReader(
  secretsManagerClient(),
  required(environmentNames.secretPrefix),
  Date.now,
);

const call = tracedCall(callProvider, process.env);
const now = () => Date.now() as Instant;
/** Providers wait for an answer to a webhook, most of them for 30 s; this function has half of that. */
const longestKeyFetchMs = 3_000;

const ports = {
  requests: requestImages(dynamoDB, tableName, readSetting(process.env, 'RETENTION_DAYS')),
  accounts: accountStore(dynamoDB, tableName),
  sendHint: hintSender(sqs, sqsOnceClient()),
  telling: telling(dynamoDB, tableName, sqs, now),
  policy: policyOf(process.env),
  now,
  dice: Math.random,
  providerNamed,
  credentialsOf: readCredentials,
  verificationKey: verificationKeys({
    call,
    connect: connections({ call, environment: process.env, now }),
    now,
    timeoutMs: Math.min(readSetting(process.env, 'PROVIDER_TIMEOUT_MS'), longestKeyFetchMs),
  }),
};

export const handler = serve('webhook', {
  receiveWebhook: (request) => receiveWebhook({ ...ports, log: request.log }, request),
});
