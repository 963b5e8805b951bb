/** Delivers a simulated provider's callbacks, on its retry schedule; what is pending survives a restart. */
import { type CallbackAttempts, newHexId, type World } from './world.ts';

export interface Callback {
  readonly requestId: string | null;
  readonly account: string | null;
  readonly event: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface DeliveryRules {
  /** Delays before the 2nd, 3rd … attempt, each since the attempt before it. */
  readonly retryAfterMs: () => readonly number[];
  readonly isAcknowledged: (status: number, body: string) => boolean;
  /** Headers that each attempt has anew, such as a signature over the time. */
  readonly headersOf?: (callback: CallbackAttempts) => Readonly<Record<string, string>>;
  /** After each attempt. */
  readonly attempted?: (callback: CallbackAttempts) => void;
}

const timeoutMs = 30_000;

export const callbackQueue = (world: World, rules: DeliveryRules) => {
  const attempt = async (id: string): Promise<void> => {
    const callback = world.callbacks.get(id);
    if (!callback || callback.nextAt === null) return;
    const { status, body } = await post({
      ...callback,
      headers: { ...callback.headers, ...rules.headersOf?.(callback) },
    });
    const attempts = [...callback.attempts, status];
    const delivered = rules.isAcknowledged(status, body);
    const wait = delivered ? undefined : rules.retryAfterMs()[attempts.length - 1];
    const nextAt = wait === undefined ? null : Date.now() + wait;
    const after = { ...callback, attempts, delivered, nextAt };
    world.callbacks.put(id, after);
    rules.attempted?.(after);
    if (nextAt !== null) world.later(nextAt, () => attempt(id));
  };
  return {
    /** Resolves after the first attempt. */
    async send(callback: Callback, delayMs = 0): Promise<CallbackAttempts | undefined> {
      const id = newHexId(16);
      const nextAt = Date.now() + delayMs;
      world.callbacks.put(id, { ...callback, id, attempts: [], delivered: false, nextAt });
      if (delayMs > 0) await new Promise<void>((resolve) => world.later(nextAt, resolve));
      await attempt(id);
      return world.callbacks.get(id);
    },
    resume(): void {
      for (const { id, nextAt } of world.callbacks.all())
        if (nextAt !== null) world.later(nextAt, () => attempt(id));
    },
  };
};

const post = async ({ url, headers, body }: CallbackAttempts): Promise<{ status: number; body: string }> => {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    return { status: response.status, body: await response.text() };
  } catch {
    return { status: 0, body: '' };
  }
};
