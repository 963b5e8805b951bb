/** Entry of the notify function: the only one that calls clients' endpoints. It reads their secrets and no provider's. */
import { dynamoDBClient, secretsManagerClient, sqsClient } from '../../shared/aws/clients.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import { environmentNames, required } from '../../shared/environment.ts';
import { guardedCall } from '../../shared/net/guarded-call.ts';
import { eventPolicyOf } from '../../shared/notify/policy.ts';
import { consumeNotices } from '../../shared/queue/consume.ts';
import { noticeSender } from '../../shared/queue/notices.ts';
import { signingSecretsReader } from '../../shared/secrets/endpoint-secrets.ts';
import { readSetting } from '../../shared/settings.ts';
import { deliveryStore } from '../../shared/store/deliveries.ts';
import { detailsStore } from '../../shared/store/details.ts';
import { endpointStore } from '../../shared/store/endpoints.ts';
import { replayStore } from '../../shared/store/replays.ts';
import { requestStore } from '../../shared/store/requests.ts';
import { openLanes } from './lanes.ts';
import { runNotice } from './run-notice.ts';

const tableName = required(environmentNames.table);
const dynamoDB = dynamoDBClient();
const secretPrefix = required(environmentNames.endpointSecretPrefix);

const ports = {
  requests: requestStore(dynamoDB, tableName, readSetting(process.env, 'RETENTION_DAYS')),
  endpoints: endpointStore(dynamoDB, tableName),
  deliveries: deliveryStore(dynamoDB, tableName, readSetting(process.env, 'EVENT_RETENTION_DAYS')),
  details: detailsStore(dynamoDB, tableName),
  replays: replayStore(dynamoDB, tableName),
  signingSecretsOf: signingSecretsReader(secretsManagerClient(), secretPrefix, Date.now),
  call: guardedCall,
  sendNotice: noticeSender(sqsClient()),
  lanes: openLanes(),
  policy: eventPolicyOf(process.env),
  now: () => Date.now() as Instant,
  dice: Math.random,
};

export const handler = consumeNotices((notice, { remainingMs, log }) =>
  runNotice({ ...ports, remainingMs, log }, notice),
);
