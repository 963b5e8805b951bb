/** Shorthands for the answers and memories that classification is tested with. */
import type { Memory } from '../../../shared/domain/answers.ts';
import type { Instant, ProviderRequestId } from '../../../shared/domain/ids.ts';
import type { Scope } from '../../../shared/domain/signature-request.ts';
import type { AnyProvider } from '../../../shared/providers/define-provider.ts';
import type { ProviderResponse } from '../../../shared/providers/provider.ts';

export const now = Date.parse('2026-11-21T12:00:00Z') as Instant;
export const id = '2b388914e3ae3b738bd4e2ee2850c677e6dc53d2' as ProviderRequestId;

export const answer = (
  status: number,
  body: string | object | null = '',
  headers: Readonly<Record<string, string>> = {},
): ProviderResponse => ({
  status,
  headers,
  body: typeof body === 'string' || body === null ? body : JSON.stringify(body),
  receivedAt: now,
});

export const memory = (known: Partial<Memory> = {}): Memory => ({
  sent: 'no',
  existed: false,
  claim: null,
  followed: false,
  ...known,
});

const target = {
  providerRequestId: id,
  scope: 'workflow',
  reason: 'Superseded',
  remoteData: null,
  idempotencyKey: 'once',
} as const;

/** The requests that a provider would send, and its reading of an answer to each. */
export const callsOf = (
  provider: AnyProvider,
  connection: {
    baseUrl: string;
    options: unknown;
    credentials?: unknown;
    accessToken?: string;
    scope?: Scope;
  },
) => {
  const { scope = 'workflow' } = connection;
  const whole = { credentials: { api_key: 'key-1' }, accessToken: null, ...connection };
  const request = (operation: 'cancel' | 'read', known: Memory) =>
    provider[operation].request({ ...target, scope }, whole, known);
  return {
    request,
    cancel: (response: ProviderResponse, known = memory()) =>
      provider.cancel.classify(response, known, request('cancel', known)),
    read: (response: ProviderResponse, known = memory()) =>
      provider.read.classify(response, known, request('read', known)),
  };
};
