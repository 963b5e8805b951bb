import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { bodyLimitBytes, readBody } from '../../../shared/http/body.ts';
import { putAccountBody } from '../../../shared/http/contract/account-body.ts';
import { cancelBody, createCancellationBody } from '../../../shared/http/contract/requests.ts';
import { Problem } from '../../../shared/http/problem.ts';

const incoming = (body: string | Buffer, contentType?: string) => ({
  body: Buffer.from(body),
  headers: { 'content-type': contentType },
});

/** The problem's name, and the fields that it names. */
const refusal = (read: () => unknown): readonly [string, ...string[]] => {
  try {
    read();
  } catch (error) {
    if (error instanceof Problem)
      return [error.type, ...(error.options.errors ?? []).map(({ field }) => field)];
    throw error;
  }
  return ['accepted'];
};
const refused = (body: unknown, schema: z.ZodMiniType = createCancellationBody) =>
  refusal(() => readBody(incoming(JSON.stringify(body)), schema));

const good = { account_id: 'dropbox-sign', provider_request_id: 'abc' };

describe('readBody', () => {
  test('gives what the schema makes of it', () => {
    expect(readBody(incoming(JSON.stringify(good)), createCancellationBody)).toEqual({
      ...good,
      scope: 'workflow',
    });
  });

  test('names every field that is missing, unknown or malformed', () => {
    expect(refused({})).toEqual(['invalid-request', 'account_id', 'provider_request_id']);
    expect(refused({ ...good, extra: 1, scope: 'all' })).toEqual(['invalid-request', 'scope', 'extra']);
    expect(refused({ ...good, account_id: 7 })).toEqual(['invalid-request', 'account_id']);
    expect(refused({ ...good, reason: null })).toEqual(['invalid-request', 'reason']);
    expect(refused({ ...good, remote_data: [] })).toEqual(['invalid-request', 'remote_data']);
  });

  test.each(['..', '.', 'a/b', 'a%2fb', '', '-a', 'a.b', `a${'b'.repeat(128)}`, 'a\n', 'ä'])(
    'a provider_request_id that could leave its place in a URL is refused: %j',
    (provider_request_id) => {
      expect(refused({ ...good, provider_request_id })).toEqual(['invalid-request', 'provider_request_id']);
    },
  );

  test('a reason is 1 to 1000 characters, however many bytes each has', () => {
    expect(refused({ reason: '' }, cancelBody)).toEqual(['invalid-request', 'reason']);
    expect(refused({ reason: '😀'.repeat(1000) }, cancelBody)).toEqual(['accepted']);
    expect(refused({ reason: '😀'.repeat(1001) }, cancelBody)).toEqual(['invalid-request', 'reason']);
    expect(refused({ reason: 'x'.repeat(1001) }, cancelBody)).toEqual(['invalid-request', 'reason']);
  });

  test.each(['', 'null', '[]', '"x"', '7', '{', '{"a":1}x', 'undefined'])('%j is no JSON object', (text) => {
    expect(refusal(() => readBody(incoming(text), createCancellationBody))).toEqual([
      'invalid-request',
      'body',
    ]);
  });

  test('bytes that are not UTF-8, broken Unicode and deep nesting are refused', () => {
    const bytes = Buffer.concat([Buffer.from('{"reason":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
    expect(refusal(() => readBody(incoming(bytes), cancelBody))).toEqual(['invalid-request', 'body']);
    expect(refusal(() => readBody(incoming('{"reason":"\\ud800"}'), cancelBody))).toEqual([
      'invalid-request',
      'body',
    ]);
    const deep = `{"remote_data":${'{"a":'.repeat(6000)}1${'}'.repeat(6000)}}`;
    expect(refusal(() => readBody(incoming(deep), cancelBody))).toEqual(['invalid-request', 'body']);
  });

  test('a body over 64 KB is refused before it is parsed, one of 64 KB is read', () => {
    expect(refusal(() => readBody(incoming('x'.repeat(bodyLimitBytes + 1)), cancelBody))).toEqual([
      'body-too-large',
    ]);
    const padding = 'x'.repeat(bodyLimitBytes - '{"remote_data":{"a":""}}'.length);
    expect(refused({ remote_data: { a: padding } }, cancelBody)).toEqual(['accepted']);
  });

  test('an empty body stands for nothing said where one may', () => {
    expect(readBody(incoming(''), cancelBody, {})).toEqual({ scope: 'workflow' });
    expect(readBody(incoming('', 'application/x-www-form-urlencoded'), cancelBody, {})).toEqual({
      scope: 'workflow',
    });
  });

  test('a form is refused for what it is; other content types may hold JSON', () => {
    const form = incoming('a=b', 'application/x-www-form-urlencoded');
    expect(refusal(() => readBody(form, cancelBody))).toEqual(['unsupported-media-type']);
    expect(readBody(incoming('{}', 'text/plain'), cancelBody)).toEqual({ scope: 'workflow' });
  });

  test('__proto__ pollutes nothing', () => {
    expect(refusal(() => readBody(incoming('{"__proto__":{"reason":"x"}}'), cancelBody))).toEqual([
      'invalid-request',
      '__proto__',
    ]);
    const { remote_data } = readBody(incoming('{"remote_data":{"__proto__":{"polluted":1}}}'), cancelBody);
    expect(remote_data).not.toHaveProperty('polluted');
  });

  test('any bytes are either read or refused with a problem', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          expect(['accepted', 'invalid-request']).toContain(
            refusal(() => readBody(incoming(Buffer.from(bytes)), cancelBody))[0],
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the body of an account', () => {
  const account = { provider: 'dropbox-sign', credentials: { api_key: 'key-1' } };

  test('is checked by the provider that it names', () => {
    expect(readBody(incoming(JSON.stringify(account)), putAccountBody)).toEqual({ ...account, options: {} });
    expect(refused({ ...account, credentials: {} }, putAccountBody)).toEqual([
      'invalid-request',
      'credentials.api_key',
    ]);
    expect(refused({ ...account, credentials: { api_key: 'a', b: 1 } }, putAccountBody)).toEqual([
      'invalid-request',
      'credentials.b',
    ]);
    expect(refused({ ...account, options: { region: 'x' } }, putAccountBody)).toEqual([
      'invalid-request',
      'options.region',
    ]);
    expect(refused({ ...account, provider: 'docusign' }, putAccountBody)).toEqual([
      'invalid-request',
      'provider',
    ]);
    expect(refused({}, putAccountBody)).toEqual(['invalid-request', 'provider']);
    expect(refused({ provider: 'okdokument' }, putAccountBody)).toEqual(['invalid-request', 'credentials']);
  });

  test('a refusal repeats no value', () => {
    const secret = 'sk live\n0123';
    const read = () =>
      readBody(incoming(JSON.stringify({ ...account, credentials: { api_key: secret } })), putAccountBody);
    expect(refusal(read)).toEqual(['invalid-request', 'credentials.api_key']);
    try {
      read();
    } catch (error) {
      expect(JSON.stringify(error instanceof Problem && error.options)).not.toContain('0123');
    }
  });
});

test('of several forms, the closest is held against what was sent', () => {
  const forms = z.strictObject({
    credentials: z.union([
      z.strictObject({ token: z.string() }),
      z.strictObject({ id: z.string(), secret: z.string() }),
    ]),
  });
  expect(refused({ credentials: { id: 'x', secret: 1 } }, forms)).toEqual([
    'invalid-request',
    'credentials.secret',
  ]);
});
