/** The accounts function on real wire servers, with every call to it authenticated as one tenant's. */
import { accountOperations } from '../../../functions/accounts/operations.ts';
import type { AccountPorts } from '../../../functions/accounts/ports.ts';
import type { AccountId, Instant, Tenant } from '../../../shared/domain/ids.ts';
import { serve } from '../../../shared/http/serve.ts';
import type { Log } from '../../../shared/log.ts';
import { callProvider } from '../../../shared/providers/call.ts';
import { connections } from '../../../shared/providers/connections.ts';
import { providerNamed } from '../../../shared/providers/registry.ts';
import { credentialsReader } from '../../../shared/secrets/account-secrets.ts';
import { secretWriter } from '../../../shared/secrets/write-account-secrets.ts';
import { endpointSecretWriter } from '../../../shared/secrets/write-endpoint-secrets.ts';
import { accountStore } from '../../../shared/store/accounts.ts';
import { deliveryStore } from '../../../shared/store/deliveries.ts';
import { endpointStore } from '../../../shared/store/endpoints.ts';
import { replayStore } from '../../../shared/store/replays.ts';
import { context, gatewayEvent } from '../../unit/http/examples.ts';
import type { TableServer } from './table-server.ts';

export const secretPrefix = 'Test/accounts/';
export const endpointSecretPrefix = 'Test/endpoints/';

interface Given extends Partial<AccountPorts> {
  readonly now: () => Instant;
  /** The providers' addresses. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly log?: Log;
  /** What is left to the invocation. */
  readonly remainingMs?: number;
}

export const accountFunction = (server: TableServer, tenant: string, given: Given) => {
  const { environment = {}, log = () => undefined, remainingMs, ...ports } = given;
  const accounts = accountStore(server.dynamoDB, server.tableName);
  const credentialsOf = (owner: Parameters<AccountPorts['credentialsOf']>[0]) =>
    // The readers of other functions start without a memory.
    credentialsReader(server.secretsManager, secretPrefix, given.now)(owner);
  const operations = accountOperations({
    accounts,
    secrets: secretWriter(server.secretsManager, secretPrefix),
    hasOpenWork: async () => false,
    publicBaseUrl: 'https://api.example.com',
    providerNamed,
    credentialsOf,
    connect: connections({ call: callProvider, environment, now: given.now }),
    call: callProvider,
    providerTimeoutMs: 1_000,
    endpoints: endpointStore(server.dynamoDB, server.tableName),
    endpointSecrets: endpointSecretWriter(server.secretsManager, endpointSecretPrefix),
    deliveries: deliveryStore(server.dynamoDB, server.tableName, 30),
    replays: replayStore(server.dynamoDB, server.tableName),
    sendNotice: async () => undefined,
    allowLoopback: false,
    ...ports,
  });
  const handler = serve('accounts', operations, {
    log,
    authenticate: async () => ({ tenant: tenant as Tenant, keyName: 'first' }),
  });
  return {
    accounts,
    credentialsOf,
    /**
     * @param route `POST /v1/accounts/{account_id}/check`
     * @param name of the account or the webhook endpoint
     */
    async call(route: string, name?: string, body?: object, query = '') {
      const parts = {
        query,
        ...(name && { path: { account_id: name, endpoint_id: name } }),
        ...(body && { body: JSON.stringify(body) }),
      };
      const [, path = ''] = route.split(' ');
      const result = await handler(gatewayEvent(route, path, parts), context(remainingMs));
      return { status: result.statusCode, body: result.body === undefined ? null : JSON.parse(result.body) };
    },
    /** @throws Error when there is none of this name */
    async stored(accountId: string) {
      const account = await accounts.findAccount(tenant as Tenant, accountId as AccountId);
      if (account === null) throw new Error('the account was not stored');
      return account;
    },
  };
};
