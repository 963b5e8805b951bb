/** What the operations on signature requests need, and who may call them: the deployment's own table, queues and secrets. */
import { setTimeout } from 'node:timers/promises';
import { dynamoDBClient, secretsManagerClient, sqsClient, sqsOnceClient } from '../../shared/aws/clients.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import { environmentNames, required } from '../../shared/environment.ts';
import { authenticator } from '../../shared/http/authenticate.ts';
import { telling } from '../../shared/notify/telling.ts';
import { policyOf } from '../../shared/policy.ts';
import { hintSender } from '../../shared/queue/hints.ts';
import { sealer } from '../../shared/secrets/sealing.ts';
import { readSetting } from '../../shared/settings.ts';
import { accountStore } from '../../shared/store/accounts.ts';
import { creationStore } from '../../shared/store/creations.ts';
import { detailsStore } from '../../shared/store/details.ts';
import { keyStore } from '../../shared/store/keys.ts';
import { requestStore } from '../../shared/store/requests.ts';
import { signLinkStore } from '../../shared/store/sign-links.ts';
import { wishDetailsStore } from '../../shared/store/wish-details.ts';
import type { ApiPorts } from './ports.ts';

/** To be called at module load: reads the environment. */
export const openApi = () => {
  const dynamoDB = dynamoDBClient();
  const sqs = sqsClient();
  const tableName = required(environmentNames.table);
  const retentionDays = readSetting(process.env, 'RETENTION_DAYS');
  const now = () => Date.now() as Instant;
  const sealing = sealer(secretsManagerClient(), required(environmentNames.sealingKey));
  const { findKey } = keyStore(dynamoDB, tableName);
  const ports: ApiPorts = {
    requests: requestStore(dynamoDB, tableName, retentionDays),
    wishDetails: wishDetailsStore(dynamoDB, tableName, retentionDays),
    details: detailsStore(dynamoDB, tableName),
    signLinks: signLinkStore(dynamoDB, tableName),
    creations: creationStore(dynamoDB, tableName, sealing),
    accounts: accountStore(dynamoDB, tableName),
    sendHint: hintSender(sqs, sqsOnceClient()),
    telling: telling(dynamoDB, tableName, sqs, now),
    policy: policyOf(process.env),
    publicBaseUrl: required('PUBLIC_BASE_URL'),
    now,
    dice: Math.random,
    sleep: (milliseconds) => setTimeout(milliseconds),
  };
  return { ports, authenticate: authenticator({ findKey, now: Date.now }) };
};
