/** The accounts function: the only one that writes secrets. */
import { dynamoDBClient, secretsManagerClient } from '../../shared/aws/clients.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import { environmentNames, required } from '../../shared/environment.ts';
import { authenticator } from '../../shared/http/authenticate.ts';
import { serve } from '../../shared/http/serve.ts';
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

const operations = accountOperations({
  accounts: accountStore(dynamoDB, tableName),
  secrets: secretWriter(secretsManagerClient(), required(environmentNames.secretPrefix)),
  hasOpenWork,
  publicBaseUrl: required('PUBLIC_BASE_URL'),
  now: () => Date.now() as Instant,
});

export const handler = serve('accounts', operations, {
  authenticate: authenticator({ findKey, now: Date.now }),
});
