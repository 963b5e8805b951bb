/** Ids are derived, never looked up: what they are derived from, and what they may look like, must not change. */
import { describe, expect, test } from 'vitest';
import {
  type AccountUid,
  deriveCreatedId,
  deriveRequestId,
  namePattern,
  newAccountUid,
  newLinkPart,
  newWebhookToken,
  type ProviderRequestId,
  providerRequestIdPattern,
  requestIdPattern,
  signTokenPattern,
  type Tenant,
  webhookTokenPattern,
} from '../../../shared/domain/ids.ts';

const of = (tenant: string, uid: string, id: string) =>
  deriveRequestId(tenant as Tenant, uid as AccountUid, id as ProviderRequestId);

describe('the id of a request', () => {
  test('stays what it is: an item that was written under it must be found', () => {
    expect(of('demo', 'u1', 'r1')).toBe('sr_c5457ddc4667431a08616367d7ec467f');
    expect(deriveCreatedId('demo' as Tenant, 'nda-4711')).toBe('sr_a77b4369b13953c2995705aa951e33cc');
  });

  test('cannot be had from other parts that read the same in a row', () => {
    const ids = [of('ab', 'c', 'd'), of('a', 'bc', 'd'), of('a', 'b', 'cd'), of('abcd', '', '')];
    expect(new Set(ids).size).toBe(ids.length);
    expect(of('é', 'x', 'y')).not.toBe(of('e', 'x', 'y'));
  });
});

describe('a pattern takes the whole of a name or nothing', () => {
  const hex = '0123456789abcdef'.repeat(2);
  const token = 'Ab-_'.repeat(8);
  test.each([
    [
      'an account',
      namePattern,
      ['a', '0', 'a-b', `a${'9'.repeat(62)}`],
      ['', '-a', 'A', 'a_b', `a${'9'.repeat(63)}`],
    ],
    [
      'a request',
      requestIdPattern,
      [`sr_${hex}`],
      [`sr_${hex}0`, `sr_${hex.slice(1)}`, `xsr_${hex}`, `sr_${hex.toUpperCase()}`],
    ],
    [
      'a request of a provider',
      providerRequestIdPattern,
      ['a', 'A-b_9', 'x'.repeat(128)],
      ['', '..', 'a/b', '-a', '_a', 'a%2e', 'x'.repeat(129), 'a\n'],
    ],
    [
      'a webhook token',
      webhookTokenPattern,
      [token],
      [`${token}A`, token.slice(1), `${token.slice(1)}.`, `${token}\n`],
    ],
    [
      'a sign token',
      signTokenPattern,
      ['Ab-_'.repeat(11)],
      [`${'Ab-_'.repeat(11)}A`, 'Ab-_'.repeat(10), `${'Ab-_'.repeat(10)}Ab-.`],
    ],
  ])('%s', (_name, pattern, good, bad) => {
    for (const name of good) expect([name, pattern.test(name)]).toEqual([name, true]);
    for (const name of bad) expect([name, pattern.test(name)]).toEqual([name, false]);
  });
});

describe('what must not be guessed', () => {
  test('is as long as its pattern says, of that alphabet, and never the same twice', () => {
    const hundred = <T>(make: () => T) => new Set(Array.from({ length: 100 }, make));
    for (const made of hundred(newWebhookToken)) expect(made).toMatch(webhookTokenPattern);
    for (const made of hundred(newAccountUid)) expect(made).toMatch(/^[0-9a-f]{24}$/);
    for (const made of hundred(() => newLinkPart() + newLinkPart())) expect(made).toMatch(signTokenPattern);
    expect(hundred(newWebhookToken).size + hundred(newAccountUid).size + hundred(newLinkPart).size).toBe(300);
  });
});
