/**
 * What every provider's adapter must get right, against its simulated provider over HTTP. A provider joins by calling
 * `describeProvider` with how it is set up.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Memory } from '../../../shared/domain/answers.ts';
import { callProvider } from '../../../shared/providers/call.ts';
import type { AnyProvider } from '../../../shared/providers/define-provider.ts';
import type { Control } from '../../simulators/control.ts';
import {
  type SimulatedProviderName,
  type Simulators,
  serveSimulators,
  startSimulators,
} from '../../simulators/server.ts';
import type { Simulator } from '../../simulators/simulator.ts';
import { type Caller, callerOf, type Listener, listen, until } from './call.ts';

export interface Subject {
  readonly provider: AnyProvider;
  /** Its name, or what makes it where it is in no list. */
  readonly simulator: SimulatedProviderName | ((dataDir: null) => Simulator);
  readonly credentials: object;
  /** Of the user that requests seeded with this key belong to; without it `{api_key}` of that key. */
  readonly credentialsOf?: (key: string) => object;
  /** As the simulated provider refuses them, with 401. */
  readonly wrongCredentials: object;
  /** False where a cancel is only ever accepted, whatever was before. */
  readonly cancelCanProve?: boolean;
  /** What its 500, 502 and 503 mean, where that is more than "nothing was done". */
  readonly serverErrors?: Readonly<
    Record<500 | 502 | 503, { readonly cancel: object; readonly read: object }>
  >;
  /** False where a callback about a completed request only says that something happened. */
  readonly callbackSaysSigned?: boolean;
  /**
   * Has the provider call back to `url` about the request. @returns the credentials that verify it, where they are not
   * those above
   */
  registerCallback(setup: {
    readonly baseUrl: string;
    readonly id: string;
    readonly url: string;
  }): Promise<object | undefined>;
}

const controlNamed = ({ control }: Simulators<string, string>, name: string): Control => {
  const found = control[name];
  if (found === undefined) throw new Error(`no simulated provider is named ${name}`);
  return found;
};

const proven = ['confirmed', 'proof'];
const nothingDone = { kind: 'try_again', pausesAccount: false };

export const describeProvider = (subject: Subject) => {
  const { provider, credentials, wrongCredentials } = subject;
  let simulators: Simulators<string, string>;
  let control: Control;
  let baseUrl: string;
  let caller: Caller;
  let listener: Listener;
  const as = (of: object): Caller =>
    callerOf(provider, { baseUrl, credentials: of, environment: simulators.baseUrls });
  const { credentialsOf = (key: string) => ({ ...credentials, api_key: key }) } = subject;
  beforeAll(async () => {
    const { simulator } = subject;
    simulators =
      typeof simulator === 'string'
        ? await startSimulators({ port: 0 })
        : await serveSimulators([simulator(null)], 0);
    control = controlNamed(simulators, provider.name);
    baseUrl = simulators.baseUrls[provider.baseUrlSetting] ?? '';
    caller = as(credentials);
    listener = await listen(provider.webhook.acknowledgement.body);
  });
  afterAll(async () => {
    await listener.close();
    await simulators.close();
  });
  /** With which the provider signs its callbacks, where it publishes a key. */
  const publishedKey = async (): Promise<string | null> => {
    const source = provider.webhook.verificationKey;
    if (source === undefined) return null;
    const connection = { baseUrl, credentials, options: {}, accessToken: null };
    const outcome = await callProvider(source.request(connection), 1_000);
    return outcome.kind === 'response' ? source.parse(outcome.response) : null;
  };
  const seen: Partial<Memory> = { existed: true };

  describe(provider.name, () => {
    test('an open request is read as open, then cancelled, then proven to be', async () => {
      const { id } = control.seed();
      expect(await caller.read(id)).toEqual({ kind: 'status', status: 'sent' });
      const answer = await caller.cancel(id, seen);
      expect(['accepted', 'confirmed']).toContain(answer.kind);
      const read = await until(() => caller.read(id, { ...seen, sent: 'yes' }), 'proof');
      expect(read).toMatchObject({ kind: 'proof', requestStatus: 'cancelled' });
    });

    test('a cancel after the act is proof too, or changes nothing', async () => {
      const { cancelCanProve = true } = subject;
      const { id } = control.seed();
      await caller.cancel(id, seen);
      const repeat = () => caller.cancel(id, { ...seen, sent: 'yes' });
      const again = cancelCanProve ? await until(repeat, 'confirmed') : await repeat();
      expect(again.kind === 'confirmed').toBe(cancelCanProve);
      const read = await until(() => caller.read(id, { ...seen, sent: 'yes' }), 'proof');
      expect(read.kind).toBe('proof');
    });

    test('an id that was never there is neither cancelled nor proven to be', async () => {
      const id = 'never-there';
      const [read, cancel] = [await caller.read(id), await caller.cancel(id)];
      for (const { kind } of [read, cancel]) expect(proven).not.toContain(kind);
      expect(['not_found', 'ended']).toContain(read.kind);
    });

    test('another account’s request is out of reach', async () => {
      const { id } = control.seed({ key: 'somebody-else' });
      expect(proven).not.toContain((await caller.cancel(id)).kind);
      expect(control.request(id)?.status).not.toMatch(/cancelled|deleted/);
    });

    test('refused credentials are the account’s matter', async () => {
      const { id } = control.seed();
      expect(await as(wrongCredentials).cancel(id)).toMatchObject({
        kind: 'refused',
        error: { type: 'unauthorized', providerStatus: 401 },
        pausesAccount: true,
      });
    });

    test.each([500, 502, 503] as const)(
      '%i means the same as its own error and as a page',
      async (status) => {
        const meaning = subject.serverErrors?.[status] ?? { cancel: nothingDone, read: nothingDone };
        for (const fault of ['status', 'html'] as const) {
          const { id } = control.seed();
          control.override(id, {
            faults: [
              { on: 'cancel', do: fault, status },
              { on: 'read', do: fault, status },
            ],
          });
          expect(await caller.cancel(id, seen)).toMatchObject(meaning.cancel);
          expect(await caller.read(id, seen)).toMatchObject(meaning.read);
          expect(await caller.read(id, seen)).toEqual({ kind: 'status', status: 'sent' });
        }
      },
    );

    test('429 of its own making says when to come back', async () => {
      const { id } = control.seed({ key: 'busy' });
      const busy = as(credentialsOf('busy'));
      control.set({ rate_limit_per_minute: 1 });
      const answers = [];
      // The limit is per clock minute, which may end between two calls.
      for (let calls = 0; calls < 3; calls += 1) answers.push(await busy.cancel(id, seen));
      control.set({ rate_limit_per_minute: 0 });
      const limited = answers.find(({ kind }) => kind === 'try_again');
      expect(limited).toMatchObject({ error: { type: 'rate-limited' }, pausesAccount: true });
      const retryAt = limited?.kind === 'try_again' ? (limited.retryAt ?? 0) : 0;
      expect(retryAt).toBeGreaterThan(Date.now() - 1_000);
      expect(retryAt).toBeLessThanOrEqual(Date.now() + 61_000);
    });

    test('429 by a fault does so too', async () => {
      const { id } = control.seed();
      control.override(id, { faults: [{ on: 'cancel', do: 'status', status: 429 }] });
      const answer = await caller.cancel(id, seen);
      const retryAt = answer.kind === 'try_again' ? (answer.retryAt ?? 0) : 0;
      expect(retryAt).toBeGreaterThan(Date.now());
      expect(retryAt).toBeLessThan(Date.now() + 4_000);
      expect(['accepted', 'confirmed']).toContain((await caller.cancel(id, seen)).kind);
    });

    test('a redirect is not followed and decides nothing', async () => {
      const { id } = control.seed();
      control.override(id, { faults: [{ on: 'cancel', do: 'redirect' }] });
      expect(await caller.cancel(id, seen)).toMatchObject({ kind: 'unclear', mayHaveActed: true });
    });

    test.each(['cut_before', 'hang'] as const)('%s: a read finds it open', async (fault) => {
      const { id } = control.seed();
      control.override(id, { faults: [{ on: 'cancel', do: fault }] });
      expect(await caller.cancel(id, seen)).toMatchObject({ kind: 'unclear', mayHaveActed: true });
      expect(await caller.read(id, { ...seen, sent: 'maybe' })).toEqual({ kind: 'status', status: 'sent' });
    });

    test.each(['cut_after', 'hang_after'] as const)('%s: a read finds it cancelled', async (fault) => {
      const { id } = control.seed();
      control.override(id, { faults: [{ on: 'cancel', do: fault }] });
      expect(await caller.cancel(id, seen)).toMatchObject({ kind: 'unclear', mayHaveActed: true });
      const read = await until(() => caller.read(id, { ...seen, sent: 'maybe' }), 'proof');
      expect(read.kind).toBe('proof');
    });

    test('an answer too large to read proves nothing by itself', async () => {
      const { id } = control.seed();
      control.override(id, { faults: [{ do: 'huge' }, { on: 'cancel', do: 'huge' }] });
      expect(proven).not.toContain((await caller.cancel(id, seen)).kind);
    });

    test('a signer who finishes first: the callback is a hint, and the read settles it', async () => {
      const { id } = control.seed();
      const verifying = (await subject.registerCallback({ baseUrl, id, url: listener.url })) ?? credentials;
      const before = listener.deliveries.length;
      control.act(id, 'sign');
      const received = provider.webhook.receive(
        await listener.delivery(before + 1),
        [verifying],
        await publishedKey(),
      );
      const said = (subject.callbackSaysSigned ?? true) ? { status: 'signed' } : null;
      expect(received).toMatchObject({
        notices: [{ providerRequestId: id, claim: said, trust: 'hint' }],
      });
      const claim = received.kind === 'notices' ? (received.notices[0]?.claim ?? null) : null;
      expect(await caller.read(id, { ...seen, claim })).toEqual({ kind: 'status', status: 'signed' });
    });
  });
};
