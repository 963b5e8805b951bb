/** The operations on accounts and webhook endpoints, each in its own file. */
import type { Handlers } from '../../shared/http/exchange.ts';
import { checkAccount } from './check-account.ts';
import { deleteAccount } from './delete-account.ts';
import { deleteWebhookEndpoint } from './delete-endpoint.ts';
import { listDeliveries } from './list-deliveries.ts';
import type { AccountPorts } from './ports.ts';
import { putAccount } from './put-account.ts';
import { putWebhookEndpoint } from './put-endpoint.ts';
import { getAccount, listAccounts } from './read-accounts.ts';
import { getWebhookEndpoint, listWebhookEndpoints } from './read-endpoints.ts';
import { registerWebhook } from './register-webhook.ts';
import { replayDeliveries } from './replay-deliveries.ts';
import { rotateWebhookSecret } from './rotate-endpoint-secret.ts';

export const accountOperations = (ports: AccountPorts): Handlers<'accounts'> => ({
  putAccount: putAccount(ports),
  listAccounts: listAccounts(ports),
  getAccount: getAccount(ports),
  deleteAccount: deleteAccount(ports),
  checkAccount: checkAccount(ports),
  registerWebhook: registerWebhook(ports),
  putWebhookEndpoint: putWebhookEndpoint(ports),
  listWebhookEndpoints: listWebhookEndpoints(ports),
  getWebhookEndpoint: getWebhookEndpoint(ports),
  deleteWebhookEndpoint: deleteWebhookEndpoint(ports),
  rotateWebhookSecret: rotateWebhookSecret(ports),
  listDeliveries: listDeliveries(ports),
  replayDeliveries: replayDeliveries(ports),
});
