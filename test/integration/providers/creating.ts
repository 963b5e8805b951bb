/** Performs an adapter's creations, looks and reminders over HTTP. */
import { randomBytes } from 'node:crypto';
import type { CreateAnswer, FindAnswer, Postponement, RemindAnswer } from '../../../shared/domain/answers.ts';
import type { Instant, ProviderRequestId, RequestId } from '../../../shared/domain/ids.ts';
import { createRequestBody } from '../../../shared/http/contract/creation.ts';
import { callProvider } from '../../../shared/providers/call.ts';
import { connections } from '../../../shared/providers/connections.ts';
import type { CreationTarget, ReminderTarget } from '../../../shared/providers/creation.ts';
import type { AnyProvider } from '../../../shared/providers/define-provider.ts';
import { performCreate, performFind, performRemind } from '../../../shared/providers/exchange.ts';
import type { ProviderRequest } from '../../../shared/providers/provider.ts';

export interface Creator {
  /** A new wish; `account_id` is added to the body. */
  target(body: object): CreationTarget;
  create(target: CreationTarget): Promise<CreateAnswer>;
  /** @param attemptedAt now, by default */
  find(target: CreationTarget, attemptedAt?: number): Promise<FindAnswer | { readonly kind: 'cannot_look' }>;
  /** Of all signers, unless one is named. */
  remind(id: string, signer?: ReminderTarget['signer']): Promise<RemindAnswer | Postponement>;
}

export const creatorOf = (
  provider: AnyProvider,
  given: {
    readonly baseUrl: string;
    readonly credentials: unknown;
    readonly options?: unknown;
    readonly environment?: Readonly<Record<string, string>>;
  },
  timeoutMs = 1_000,
): Creator => {
  const connect = connections({
    call: callProvider,
    environment: { [provider.baseUrlSetting]: given.baseUrl, ...given.environment },
    now: () => Date.now() as Instant,
  });
  const connected = async () => {
    const answer = await connect(provider, given.credentials, given.options ?? {}, timeoutMs);
    if (answer.kind !== 'connected') throw new Error(`not connected: ${answer.error.detail}`);
    return answer.connection;
  };
  const call = (request: ProviderRequest) => callProvider(request, timeoutMs);
  const required = <T>(side: T | undefined): T => {
    if (side === undefined) throw new Error(`${provider.name} has no such side`);
    return side;
  };
  return {
    target: (body) => ({
      id: `sr_${randomBytes(16).toString('hex')}` as RequestId,
      wanted: createRequestBody.parse({ account_id: 'an-account', ...body }),
      files: [],
      webhookUrl: 'https://rescind.example/webhooks/token',
      idempotencyKey: randomBytes(16).toString('hex'),
      now: Date.now() as Instant,
    }),
    create: async (target) => performCreate(call, provider.create, target, await connected()),
    find: async (target, attemptedAt = Date.now()) =>
      performFind(call, required(provider.find), target, attemptedAt as Instant, await connected()),
    remind: async (id, signer = null) => {
      const target = { providerRequestId: id as ProviderRequestId, signer };
      return performRemind(call, required(provider.remind), target, await connected());
    },
  };
};
