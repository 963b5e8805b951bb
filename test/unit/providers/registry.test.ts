import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scopes } from '../../../shared/domain/signature-request.ts';
import {
  isProviderName,
  providerNamed,
  providerNames,
  providers,
} from '../../../shared/providers/registry.ts';
import { answer, callsOf, id, memory } from './answers.ts';

const all = Object.values(providers);

/** Some that fit. */
const fitting: Readonly<Record<string, object>> = {
  'dropbox-sign': { api_key: 'key-1' },
  okdokument: { api_key: 'key-1' },
  'box-sign': { access_token: 'token-1' },
  ironclad: { access_token: 'token-1' },
  truto: { api_token: 'token-1', integrated_account_id: 'ia-1' },
};

describe('the registry', () => {
  test('knows its providers by name, and nothing that objects inherit', () => {
    expect(providerNames).toEqual(['dropbox-sign', 'okdokument', 'box-sign', 'ironclad', 'truto']);
    for (const name of providerNames) expect(providerNamed(name)?.name).toBe(name);
    for (const name of ['constructor', 'toString', '__proto__', '']) {
      expect(isProviderName(name)).toBe(false);
      expect(providerNamed(name)).toBeNull();
    }
  });
});

describe.each(all.map((provider) => [provider.name, provider] as const))('%s', (name, provider) => {
  test('has a name for queues and settings, a scope, and an address of its own', () => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(provider.baseUrlSetting).toMatch(/^[A-Z]+(_[A-Z]+)*_BASE_URL$/);
    expect(scopes.some((scope) => provider.scopes[scope] !== undefined)).toBe(true);
    expect(provider.baseUrl({})).toMatch(/^https:\/\/.*[^/]$/);
  });

  test.each([
    {},
    { api_key: '' },
    { api_key: 'k', extra: 1 },
    { api_key: 'a\nb' },
    { api_key: 'a b' },
    { api_key: 'é' },
    null,
  ])('does not take the credentials %j', (credentials) => {
    expect(provider.credentials.safeParse(credentials).success).toBe(false);
  });

  test('acknowledges a callback in plain text, with the words that its provider wants', () => {
    const words = name === 'dropbox-sign' ? 'Hello API Event Received' : 'OK';
    expect(provider.webhook.acknowledgement).toEqual({ contentType: 'text/plain', body: words });
  });

  test('says of its credentials whether they verify a callback', () => {
    const verifies = provider.webhook.verifies(fitting[name]);
    expect(verifies).toBe(name === 'dropbox-sign' || name === 'ironclad');
  });

  test('refuses unknown options, and says nothing of a secret that no longer fits', () => {
    expect(provider.options.safeParse({ colour: 'red' }).success).toBe(false);
    const target = {
      providerRequestId: id,
      scope: 'workflow',
      reason: null,
      remoteData: null,
      idempotencyKey: 'x',
    } as const;
    const stale = {
      baseUrl: 'https://x.example',
      credentials: { old: 'hunter2' },
      options: {},
      accessToken: null,
    };
    expect(() => provider.cancel.request(target, stale, memory())).toThrow(
      new Error(`the stored credentials do not fit the provider ${name}`),
    );
  });

  test('classifies any answer without a throw, and never calls an unknown one success', () => {
    const connection = { baseUrl: 'https://x.example', options: {}, credentials: fitting[name] };
    const { cancel, read } = callsOf(provider, connection);
    const known = fc.record({
      sent: fc.constantFrom('no', 'maybe', 'yes'),
      existed: fc.boolean(),
      followed: fc.boolean(),
      claim: fc.constantFrom(null, { status: 'signed', ref: 'doc' } as const),
    });
    const body = fc.oneof(fc.constant(null), fc.string(), fc.json());
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), body, known, (status, text, remembered) => {
        const cancelled = cancel(answer(status, text), remembered);
        if (cancelled.kind === 'confirmed') expect([200, 400, 410]).toContain(status);
        const found = read(answer(status, text), remembered);
        if (found.kind === 'proof') expect([400, 410]).toContain(status);
        if (found.kind === 'status') expect([200, 302]).toContain(status);
        if (status < 500) return;
        // Truto stands between: what failed may have been carried out behind it.
        expect(name === 'truto' ? ['unclear', 'refused'] : ['try_again']).toContain(cancelled.kind);
        expect(name === 'truto' && status === 503 ? 'refused' : 'try_again').toBe(found.kind);
      }),
    );
  });
});
