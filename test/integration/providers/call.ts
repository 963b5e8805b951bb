/** Performs an adapter's requests over HTTP, and receives callbacks, for the contract suite. */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CancelAnswer, Memory, ReadAnswer, Target } from '../../../shared/domain/answers.ts';
import type { Instant, ProviderRequestId } from '../../../shared/domain/ids.ts';
import type { Scope } from '../../../shared/domain/signature-request.ts';
import { callProvider } from '../../../shared/providers/call.ts';
import { connections } from '../../../shared/providers/connections.ts';
import type { AnyProvider } from '../../../shared/providers/define-provider.ts';
import { performCancel, performRead } from '../../../shared/providers/exchange.ts';
import type { Delivery, ProviderRequest } from '../../../shared/providers/provider.ts';
import { readBody } from '../../simulators/answer.ts';

export const memory = (known: Partial<Memory> = {}): Memory => ({
  sent: 'no',
  existed: false,
  claim: null,
  followed: false,
  ...known,
});

export interface Caller {
  cancel(id: string, known?: Partial<Memory>): Promise<CancelAnswer>;
  read(id: string, known?: Partial<Memory>): Promise<ReadAnswer>;
}

export const callerOf = (
  provider: AnyProvider,
  connection: {
    readonly baseUrl: string;
    readonly credentials: unknown;
    readonly options?: unknown;
    readonly scope?: Scope;
    /** Further addresses, e.g. of the token endpoint. */
    readonly environment?: Readonly<Record<string, string>>;
  },
  timeoutMs = 1_000,
): Caller => {
  const connect = connections({
    call: callProvider,
    environment: { [provider.baseUrlSetting]: connection.baseUrl, ...connection.environment },
    now: () => Date.now() as Instant,
  });
  const { credentials, options = {}, scope = 'workflow' } = connection;
  const target = (id: string): Target => ({
    providerRequestId: id as ProviderRequestId,
    scope,
    reason: 'Superseded',
    remoteData: null,
    idempotencyKey: randomUUID(),
  });
  const call = (request: ProviderRequest) => callProvider(request, timeoutMs);
  return {
    async cancel(id, known = {}) {
      const connected = await connect(provider, credentials, options, timeoutMs);
      if (connected.kind !== 'connected') return connected;
      return performCancel(call, provider, target(id), connected.connection, memory(known));
    },
    async read(id, known = {}) {
      const connected = await connect(provider, credentials, options, timeoutMs);
      if (connected.kind !== 'connected') return connected;
      return performRead(call, provider, target(id), connected.connection, memory(known));
    },
  };
};

/** Asks again until the answer is of one of the kinds, for at most 5 s; the last answer then. */
export const until = async <T extends { readonly kind: string }>(
  ask: () => Promise<T>,
  ...kinds: string[]
): Promise<T> => {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await ask();
    if (kinds.includes(answer.kind)) return answer;
    await sleep(50);
  }
  return ask();
};

export interface Listener {
  readonly url: string;
  readonly deliveries: readonly Delivery[];
  /** What it answers from now on. */
  answerWith(status: number, body: string): void;
  /** The nth delivery, from 1, waited for. */
  delivery(n: number): Promise<Delivery>;
  close(): Promise<void>;
}

/** Stands where Rescind's webhook would be. */
export const listen = async (acknowledgement: string): Promise<Listener> => {
  const deliveries: Delivery[] = [];
  let answer = { status: 200, body: acknowledgement };
  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]),
    );
    deliveries.push({ body, headers, receivedAt: Date.now() as Instant });
    response.writeHead(answer.status, { 'content-type': 'text/plain' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/webhooks/token`,
    deliveries,
    answerWith(status, body) {
      answer = { status, body };
    },
    async delivery(n) {
      for (let tries = 0; tries < 100 && deliveries.length < n; tries += 1) await sleep(50);
      const delivery = deliveries[n - 1];
      if (!delivery) throw new Error(`no callback ${n} came within 5 s`);
      return delivery;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};
