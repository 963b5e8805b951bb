/** The accounts function: the only one that writes secrets. */
import { dynamoDBClient, secretsManagerClient } from '../../shared/aws/clients.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import { environmentNames, required } from '../../shared/environment.ts';
import { authenticator } from '../../shared/http/authenticate.ts';
import { serve } from '../../shared/http/serve.ts';
import { callProvider } from '../../shared/providers/call.ts';
import { connections } from '../../shared/providers/connections.ts';
import { providerNamed } from '../../shared/providers/registry.ts';
import { credentialsReader } from '../../shared/secrets/account-secrets.ts';
import { secretWriter } from '../../shared/secrets/write-account-secrets.ts';
import { readSetting } from '../../shared/settings.ts';
import { accountStore } from '../../shared/store/accounts.ts';
import { keyStore } from '../../shared/store/keys.ts';
import { requestStore } from '../../shared/store/requests.ts';
import { accountOperations } from './operations.ts';

const dynamoDB = dynamoDBClient();
const tableName = required(environmentNames.table);
const { findKey } = keyStore(dynamoDB, tableName);
const { hasOpenWork } = requestStore(dynamoDB, tableName, readSetting(process.env, 'RETENTION_DAYS'));
const secretsManager = secretsManagerClient();
const secretPrefix = required(environmentNames.secretPrefix);
const readCredentials = credentialsReader(secretsManager, secretPrefix, Date.now);
const now = () => Date.now() as Instant;

const operations = accountOperations({
  accounts: accountStore(dynamoDB, tableName),
  secrets: secretWriter(secretsManager, secretPrefix),
  hasOpenWork,
  publicBaseUrl: required('PUBLIC_BASE_URL'),
  providerNamed,
  credentialsOf: (owner) => readCredentials(owner, { fresh: true }),
  connect: connections({ call: callProvider, environment: process.env, now }),
  call: callProvider,
  providerTimeoutMs: readSetting(process.env, 'PROVIDER_TIMEOUT_MS'),
  now,
});

export const handler = serve('accounts', operations, {
  authenticate: authenticator({ findKey, now: Date.now }),
});
