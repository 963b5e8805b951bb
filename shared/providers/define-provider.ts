/**
 * Lets code that does not know which provider it holds call any of them. A defined provider takes credentials and
 * options as they were stored, and parses them by its own schemas before the adapter sees them.
 */
import type * as z from 'zod/mini';
import type { Connection, Exchange, Provider } from './provider.ts';

export type AnyProvider = Provider<unknown, unknown>;

/** @throws Error (from `baseUrl`, `request` and `token`) when what was stored no longer fits the provider's schema. */
export const defineProvider = <Credentials, Options>(
  provider: Provider<Credentials, Options>,
): AnyProvider => {
  const credentials = (stored: unknown) => parseStored(provider, 'credentials', provider.credentials, stored);
  const options = (stored: unknown) => parseStored(provider, 'options', provider.options, stored);
  /** A candidate that no longer fits verifies nothing. */
  const fitting = (stored: unknown): Credentials[] => {
    const parsed = provider.credentials.safeParse(stored);
    return parsed.success ? [parsed.data] : [];
  };
  const exchange = <Answer>(typed: Exchange<Credentials, Options, Answer>) => ({
    ...typed,
    request: (...[target, connection, memory]: Parameters<Exchange<unknown, unknown, Answer>['request']>) =>
      typed.request(target, connect(connection), memory),
  });
  const connect = (connection: Connection<unknown, unknown>): Connection<Credentials, Options> => ({
    ...connection,
    credentials: credentials(connection.credentials),
    options: options(connection.options),
  });
  const { token, webhook, check, webhookSetup, creation, create, find, remind, ...rest } = provider;
  const { verificationKey } = webhook;
  return {
    ...rest,
    baseUrl: (stored) => provider.baseUrl(options(stored)),
    ...(token && {
      token: {
        ...token,
        tokenUrl: (stored) => token.tokenUrl(options(stored)),
        request: (secret, url, stored) => token.request(credentials(secret), url, options(stored)),
      },
    }),
    creation: { ...creation, check: (wanted, stored) => creation.check(wanted, options(stored)) },
    create: { ...create, request: (target, connection) => create.request(target, connect(connection)) },
    ...(find && {
      find: {
        ...find,
        request: (target, attemptedAt, connection) => find.request(target, attemptedAt, connect(connection)),
      },
    }),
    ...(remind && {
      remind: { ...remind, request: (target, connection) => remind.request(target, connect(connection)) },
    }),
    cancel: exchange(provider.cancel),
    read: exchange(provider.read),
    check: { ...check, request: (connection) => check.request(connect(connection)) },
    webhook: {
      ...webhook,
      verifies: (stored) => webhook.verifies(credentials(stored)),
      ...(verificationKey && {
        verificationKey: {
          ...verificationKey,
          request: (connection) => verificationKey.request(connect(connection)),
        },
      }),
      receive: (delivery, candidates, key) => webhook.receive(delivery, candidates.flatMap(fitting), key),
    },
    webhookSetup: {
      ...webhookSetup,
      request: (connection, webhookUrl) => webhookSetup.request(connect(connection), webhookUrl),
    },
  };
};

const parseStored = <T>(
  provider: { readonly name: string },
  what: string,
  schema: z.ZodMiniType<T>,
  stored: unknown,
): T => {
  const parsed = schema.safeParse(stored);
  // Without the schema's own message: it may quote a secret.
  if (!parsed.success) throw new Error(`the stored ${what} do not fit the provider ${provider.name}`);
  return parsed.data;
};
