/** Entry of the dispatch function: the only one that cancels at a provider. Fed by one queue for each provider. */
import { setTimeout as sleep } from 'node:timers/promises';
import { dynamoDBClient, secretsManagerClient, sqsClient, sqsOnceClient } from '../../shared/aws/clients.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import { environmentNames, required } from '../../shared/environment.ts';
import { guardedCall } from '../../shared/net/guarded-call.ts';
import { telling } from '../../shared/notify/telling.ts';
import { policyOf } from '../../shared/policy.ts';
import { callProvider } from '../../shared/providers/call.ts';
import { connections } from '../../shared/providers/connections.ts';
import { providerNamed, providerNames } from '../../shared/providers/registry.ts';
import { tracedCall } from '../../shared/providers/traced-call.ts';
import { mappingConcurrency } from '../../shared/queue/concurrency.ts';
import { consumeHints } from '../../shared/queue/consume.ts';
import { hintSender } from '../../shared/queue/hints.ts';
import { credentialsReader } from '../../shared/secrets/account-secrets.ts';
import { sealer } from '../../shared/secrets/sealing.ts';
import { readSetting } from '../../shared/settings.ts';
import { accountPauses } from '../../shared/store/account-pauses.ts';
import { accountReads } from '../../shared/store/account-reads.ts';
import { creationStore } from '../../shared/store/creations.ts';
import { detailsStore } from '../../shared/store/details.ts';
import { requestImages } from '../../shared/store/request-images.ts';
import { signLinkStore } from '../../shared/store/sign-links.ts';
import { wishDetailsStore } from '../../shared/store/wish-details.ts';
import { breaker } from './breaker.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { pacer } from './pacer.ts';
import { runHint } from './run-hint.ts';

const tableName = required(environmentNames.table);
const retentionDays = readSetting(process.env, 'RETENTION_DAYS');
const providerTimeoutMs = readSetting(process.env, 'PROVIDER_TIMEOUT_MS');
const dynamoDB = dynamoDBClient();
const sqs = sqsClient();
const secretsManager = secretsManagerClient();
const readCredentials = credentialsReader(secretsManager, required(environmentNames.secretPrefix), Date.now);
/** What an invocation needs after its last call: a few writes and their retries. */
const wrapUpMs = 5_000;

const call = tracedCall(callProvider, process.env);
const now = () => Date.now() as Instant;

const accounts = { ...accountReads(dynamoDB, tableName), ...accountPauses(dynamoDB, tableName) };
const policy = policyOf(process.env);

const ports = {
  requests: requestImages(dynamoDB, tableName, retentionDays),
  accounts,
  breaker: breaker({ accounts, policy, now }),
  permission: pacer({
    accounts,
    now,
    dice: Math.random,
    sleep,
    workers: mappingConcurrency * providerNames.length,
  }),
  wishDetails: wishDetailsStore(dynamoDB, tableName, retentionDays),
  details: detailsStore(dynamoDB, tableName),
  signLinks: signLinkStore(dynamoDB, tableName),
  creations: creationStore(
    dynamoDB,
    tableName,
    sealer(secretsManager, required(environmentNames.sealingKey)),
  ),
  sendHint: hintSender(sqs, sqsOnceClient()),
  telling: telling(dynamoDB, tableName, sqs, now),
  policy,
  now,
  dice: Math.random,
  call,
  guardedCall,
  allowLoopback: readSetting(process.env, 'ALLOW_LOOPBACK_TARGETS') === 'on',
  publicBaseUrl: required('PUBLIC_BASE_URL'),
  oneAtATime: oneAtATime(),
  providerNamed,
  connect: connections({ call, environment: process.env, now }),
};

export const handler = consumeHints((hint, { receives, remainingMs, log }) =>
  runHint(
    {
      ...ports,
      log,
      credentialsOf: async (account, fresh) => (await readCredentials(account, { fresh }))?.current ?? null,
      callTimeoutMs: () => Math.max(1, Math.min(providerTimeoutMs, remainingMs() - wrapUpMs)),
    },
    hint,
    receives,
  ),
);
