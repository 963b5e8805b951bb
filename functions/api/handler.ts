/** The api function: writes wishes down and shows what became of them. It calls no provider. */
import { setTimeout } from 'node:timers/promises';
import { dynamoDBClient, sqsClient } from '../../shared/aws/clients.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import { environmentNames, required } from '../../shared/environment.ts';
import { authenticator } from '../../shared/http/authenticate.ts';
import { serve } from '../../shared/http/serve.ts';
import { policyOf } from '../../shared/policy.ts';
import { hintSender } from '../../shared/queue/hints.ts';
import { readSetting } from '../../shared/settings.ts';
import { accountStore } from '../../shared/store/accounts.ts';
import { keyStore } from '../../shared/store/keys.ts';
import { requestStore } from '../../shared/store/requests.ts';
import { wishDetailsStore } from '../../shared/store/wish-details.ts';
import { apiOperations } from './operations.ts';

const dynamoDB = dynamoDBClient();
const tableName = required(environmentNames.table);
const retentionDays = readSetting(process.env, 'RETENTION_DAYS');
const { findKey } = keyStore(dynamoDB, tableName);

const operations = apiOperations({
  requests: requestStore(dynamoDB, tableName, retentionDays),
  wishDetails: wishDetailsStore(dynamoDB, tableName, retentionDays),
  accounts: accountStore(dynamoDB, tableName),
  sendHint: hintSender(sqsClient()),
  policy: policyOf(process.env),
  now: () => Date.now() as Instant,
  dice: Math.random,
  sleep: (milliseconds) => setTimeout(milliseconds),
});

export const handler = serve('api', operations, { authenticate: authenticator({ findKey, now: Date.now }) });
