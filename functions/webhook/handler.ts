/** Entry of the webhook function: what providers call. It reads secrets to verify, and acts at no provider. */
import { dynamoDBClient, secretsManagerClient, sqsClient } from '../../shared/aws/clients.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import { environmentNames, required } from '../../shared/environment.ts';
import { serve } from '../../shared/http/serve.ts';
import { policyOf } from '../../shared/policy.ts';
import { providerNamed } from '../../shared/providers/registry.ts';
import { hintSender } from '../../shared/queue/hints.ts';
import { credentialsReader } from '../../shared/secrets/account-secrets.ts';
import { readSetting } from '../../shared/settings.ts';
import { accountStore } from '../../shared/store/accounts.ts';
import { requestStore } from '../../shared/store/requests.ts';
import { receiveWebhook } from './receive-webhook.ts';

const tableName = required(environmentNames.table);
const dynamoDB = dynamoDBClient();
const readCredentials = credentialsReader(
  secretsManagerClient(),
  required(environmentNames.secretPrefix),
  Date.now,
);

const ports = {
  requests: requestStore(dynamoDB, tableName, readSetting(process.env, 'RETENTION_DAYS')),
  accounts: accountStore(dynamoDB, tableName),
  sendHint: hintSender(sqsClient()),
  policy: policyOf(process.env),
  now: () => Date.now() as Instant,
  dice: Math.random,
  providerNamed,
  credentialsOf: readCredentials,
};

export const handler = serve('webhook', {
  receiveWebhook: (request) => receiveWebhook({ ...ports, log: request.log }, request),
});
