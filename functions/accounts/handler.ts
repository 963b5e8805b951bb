/** The accounts function: the only one that writes secrets. */
import { dynamoDBClient, secretsManagerClient, sqsClient } from '../../shared/aws/clients.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import { environmentNames, required } from '../../shared/environment.ts';
import { authenticator } from '../../shared/http/authenticate.ts';
import { serve } from '../../shared/http/serve.ts';
import { callProvider } from '../../shared/providers/call.ts';
import { connections } from '../../shared/providers/connections.ts';
import { providerNamed } from '../../shared/providers/registry.ts';
import { tracedCall } from '../../shared/providers/traced-call.ts';
import { noticeSender } from '../../shared/queue/notices.ts';
import { credentialsReader } from '../../shared/secrets/account-secrets.ts';
import { secretWriter } from '../../shared/secrets/write-account-secrets.ts';
import { endpointSecretWriter } from '../../shared/secrets/write-endpoint-secrets.ts';
import { readSetting } from '../../shared/settings.ts';
import { accountStore } from '../../shared/store/accounts.ts';
import { deliveryStore } from '../../shared/store/deliveries.ts';
import { endpointStore } from '../../shared/store/endpoints.ts';
import { keyStore } from '../../shared/store/keys.ts';
import { replayStore } from '../../shared/store/replays.ts';
import { requestStore } from '../../shared/store/requests.ts';
import { accountOperations } from './operations.ts';

const dynamoDB = dynamoDBClient();
const tableName = required(environmentNames.table);
const { findKey } = keyStore(dynamoDB, tableName);
const { hasOpenWork } = requestStore(dynamoDB, tableName, readSetting(process.env, 'RETENTION_DAYS'));
const secretsManager = secretsManagerClient();
const secretPrefix = required(environmentNames.secretPrefix);
const readCredentials = credentialsReader(secretsManager, secretPrefix, Date.now);
const call = tracedCall(callProvider, process.env);
const now = () => Date.now() as Instant;

const operations = accountOperations({
  accounts: accountStore(dynamoDB, tableName),
  secrets: secretWriter(secretsManager, secretPrefix),
  hasOpenWork,
  publicBaseUrl: required('PUBLIC_BASE_URL'),
  providerNamed,
  credentialsOf: (owner) => readCredentials(owner, { fresh: true }),
  connect: connections({ call, environment: process.env, now }),
  call,
  providerTimeoutMs: readSetting(process.env, 'PROVIDER_TIMEOUT_MS'),
  endpoints: endpointStore(dynamoDB, tableName),
  endpointSecrets: endpointSecretWriter(secretsManager, required(environmentNames.endpointSecretPrefix)),
  deliveries: deliveryStore(dynamoDB, tableName, readSetting(process.env, 'EVENT_RETENTION_DAYS')),
  replays: replayStore(dynamoDB, tableName),
  sendNotice: noticeSender(sqsClient()),
  allowLoopback: readSetting(process.env, 'ALLOW_LOOPBACK_TARGETS') === 'on',
  now,
});

export const handler = serve('accounts', operations, {
  authenticate: authenticator({ findKey, now: Date.now }),
});
