import { describe, expect, test } from 'vitest';
import { redact, redactWords } from '../../../shared/providers/redact.ts';

const credentials = { api_key: 'hunter2-hunter2', nested: { webhook_secret: 'a+b/c=d&e' }, short: 'app' };
const basic = Buffer.from('hunter2-hunter2:').toString('base64');

describe('a provider’s words', () => {
  test.each([
    ['as it is', 'hunter2-hunter2'],
    ['within a credential', 'a+b/c=d&e'],
    ['as a URL has it', encodeURIComponent('a+b/c=d&e')],
    ['as HTTP Basic has it', basic],
    ['in base64', Buffer.from('a+b/c=d&e').toString('base64')],
  ])('lose a credential %s, however often', (_, secret) => {
    expect(redact(`no ${secret}, ${secret}!`, credentials)).toBe('no [redacted], [redacted]!');
    expect(redactWords({ name: `NDA ${secret}` }, credentials)).toEqual({ name: 'NDA [redacted]' });
  });

  test('keep what is too short to be one, and are cut to what an item holds', () => {
    expect(redact('the app', credentials)).toBe('the app');
    expect(redact('x'.repeat(500), {})).toHaveLength(160);
    expect(redactWords({ name: 'x'.repeat(500) }, {}).name).toHaveLength(500);
  });
});

test('of what is told of a request, addresses, pages and names that the provider gives stay what they are', () => {
  const told = {
    name: basic,
    externalId: 'of hunter2-hunter2',
    page: 'https://x.example/hunter2-hunter2',
    expiresAt: 1_900_000_000_000,
    signers: [
      { ref: 'hunter2-hunter2', email: 'hunter2-hunter2', name: 'hunter2-hunter2', declineReason: basic },
    ],
  };
  expect(redactWords(told, credentials)).toEqual({
    ...told,
    name: '[redacted]',
    externalId: 'of [redacted]',
    signers: [
      { ref: 'hunter2-hunter2', email: 'hunter2-hunter2', name: '[redacted]', declineReason: '[redacted]' },
    ],
  });
});
