/** From an account's credentials to a connection that calls can be made with: base URL, and a token where one is needed. */
import { createHash } from 'node:crypto';
import type { Postponement } from '../domain/answers.ts';
import type { Instant } from '../domain/ids.ts';
import type { Call, CallOutcome } from './call.ts';
import type { AnyProvider } from './define-provider.ts';
import type { Connection } from './provider.ts';

export type AnyConnection = Connection<unknown, unknown>;

export interface ConnectionPorts {
  readonly call: Call;
  /** Where settings override a provider's addresses. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => Instant;
}

/** A token is renewed this long before it ends: a call that begins with it must not outlive it. */
const renewEarlyMs = 60_000;
const rememberedTokens = 500;

interface Token {
  readonly accessToken: string;
  readonly expiresAt: Instant;
}

/**
 * @returns a function that connects, and remembers tokens in this process.
 * `freshToken`: past what is remembered, because the provider has just refused it.
 */
export const connections = ({ call, environment, now }: ConnectionPorts) => {
  const tokens = new Map<string, Token>();
  return async function connect(
    provider: AnyProvider,
    credentials: unknown,
    options: unknown,
    timeoutMs: number,
    freshToken = false,
  ): Promise<{ readonly kind: 'connected'; readonly connection: AnyConnection } | Postponement> {
    const baseUrl = environment[provider.baseUrlSetting] || provider.baseUrl(options);
    const connected = (accessToken: string | null) =>
      ({ kind: 'connected', connection: { baseUrl, credentials, options, accessToken } }) as const;
    const exchange = provider.token;
    if (exchange === undefined) return connected(null);
    const tokenUrl = environment[exchange.tokenUrlSetting] || exchange.tokenUrl(options);
    const request = exchange.request(credentials, tokenUrl, options);
    if (request === null) return connected(null);
    const key = createHash('sha256').update(JSON.stringify(request)).digest('base64');
    const known = tokens.get(key);
    if (!freshToken && known !== undefined && known.expiresAt - renewEarlyMs > now()) {
      return connected(known.accessToken);
    }
    tokens.delete(key);
    const outcome = await call(request, timeoutMs);
    if (outcome.kind !== 'response') return withoutToken(outcome);
    const answer = exchange.classify(outcome.response);
    if (answer.kind !== 'token') return answer;
    if (tokens.size >= rememberedTokens) tokens.clear();
    tokens.set(key, answer);
    return connected(answer.accessToken);
  };
};

export type Connect = ReturnType<typeof connections>;

/** Asking for a token changes nothing at the provider: it is simply asked for again. */
const withoutToken = ({ kind }: Exclude<CallOutcome, { kind: 'response' }>): Postponement => ({
  kind: 'try_again',
  error: {
    type: kind === 'not_sent' ? 'provider-unavailable' : 'provider-timeout',
    detail: 'The provider gave no access token: there was no answer.',
  },
  pausesAccount: false,
});
