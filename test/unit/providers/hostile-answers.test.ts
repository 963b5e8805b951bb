/**
 * Answers that a provider, or whoever stands in its place, makes up to do harm: nested beyond reason, of the wrong type in
 * each field, about another request. Whatever the operation, each is classified; none is thrown, none is believed too much.
 */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Memory } from '../../../shared/domain/answers.ts';
import type { ProviderRequestId, RequestId } from '../../../shared/domain/ids.ts';
import { createRequestBody } from '../../../shared/http/contract/creation.ts';
import type { AnyProvider } from '../../../shared/providers/define-provider.ts';
import type { Exchange, ProviderRequest, ProviderResponse } from '../../../shared/providers/provider.ts';
import { type ProviderName, providerNames, providers } from '../../../shared/providers/registry.ts';
import { pathsIn, withValue } from '../../integration/hostile/values-within.ts';
import { answer, id, memory, now } from './answers.ts';
import { acceptedAt } from './creation-bodies.ts';

const requestId = 'sr_0123456789abcdef0123456789abcdef' as RequestId;
const other = '68f0000000000000000000b2' as ProviderRequestId;
const statuses = [200, 201, 202, 204, 302, 400, 401, 402, 403, 404, 409, 410, 418, 429, 503];

const isFollow = <Answer>(
  given: Answer | { readonly kind: 'follow'; readonly request: ProviderRequest; readonly known?: Answer },
): given is { readonly kind: 'follow'; readonly request: ProviderRequest; readonly known?: Answer } =>
  typeof given === 'object' && given !== null && 'kind' in given && given.kind === 'follow';

/** Every place where a provider's answer is read, each as one function of the answer. */
const readingsOf = (name: ProviderName): Readonly<Record<string, (given: ProviderResponse) => unknown>> => {
  const provider: AnyProvider = providers[name];
  const { credentials, options, bodies } = acceptedAt[name];
  const wanted = createRequestBody.parse({ account_id: 'main', ...bodies[0]?.body });
  const connection = { baseUrl: 'https://x.example', credentials, options, accessToken: 'token' };
  const target = {
    providerRequestId: id,
    scope: 'workflow',
    reason: 'why',
    remoteData: null,
    idempotencyKey: 'once',
  } as const;
  const creation = {
    id: requestId,
    wanted,
    files: [],
    webhookUrl: 'https://x.example/webhooks/t',
    idempotencyKey: 'once',
    now,
  };
  const { create, find, remind, token, check, webhookSetup, webhook } = provider;
  const looksFor = find?.request(creation, now, connection) ?? null;
  const remembered = memory({ sent: 'yes', existed: true, followed: true });
  const reading =
    <Answer>({ request, classify }: Exchange<unknown, unknown, Answer>, known: Memory) =>
    (given: ProviderResponse): unknown => {
      const first = classify(given, known, request(target, connection, known));
      // What it refers to may be as hostile.
      return isFollow(first) ? classify(given, known, first.request, first.known) : first;
    };
  return {
    cancel: reading(provider.cancel, memory()),
    'cancel again': reading(provider.cancel, remembered),
    read: reading(provider.read, memory()),
    'read again': reading(provider.read, remembered),
    create: (given) => create.classify(given, creation),
    ...(find && looksFor && { find: (given) => find.classify(given, creation, now, looksFor) }),
    ...(remind && { remind: (given) => remind.classify(given) }),
    ...(token && { token: (given) => token.classify(given) }),
    check: (given) => check.classify(given),
    setup: (given) => webhookSetup.classify(given),
    ...(webhook.verificationKey && { key: (given) => webhook.verificationKey?.parse(given) }),
  };
};

/** What proves a cancellation at each provider, if it is about `about`. */
const proofs: Readonly<Record<ProviderName, (about: string) => readonly object[]>> = {
  'dropbox-sign': () => [],
  okdokument: (about) => [{ message: 'msg.deleted', result: about }],
  'box-sign': (about) => [{ id: about, status: 'cancelled', signers: [] }],
  ironclad: (about) => [
    { id: about, status: 'cancelled' },
    { id: about, isCancelled: true },
  ],
  truto: (about) => [{ id: about, remote_data: { id: about, status: 'cancelled' } }],
};

/** Of each provider, an answer that tells all that is read anywhere. */
const wholes: Readonly<Record<ProviderName, object>> = {
  'dropbox-sign': {
    signature_request: {
      signature_request_id: id,
      title: 't',
      is_complete: false,
      is_declined: false,
      has_error: false,
      expires_at: 1_900_000_000,
      signing_url: 'https://x.example/',
      metadata: { rescind_id: requestId, external_id: 'e' },
      signatures: [
        {
          signature_id: 's',
          signer_email_address: 'ann@signer.example',
          signer_name: 'Ann',
          order: 1,
          status_code: 'signed',
          signed_at: 1_900_000_000,
          last_viewed_at: 1_900_000_000,
          decline_reason: 'r',
        },
      ],
    },
    signature_requests: [{ signature_request_id: id, metadata: { rescind_id: requestId }, created_at: 1 }],
    list_info: { num_pages: 1 },
    error: { error_name: 'deleted', error_path: 'signers[0]' },
  },
  okdokument: {
    message: 'msg.created',
    result: id,
    value: id,
    url: 'https://x.example/',
    state: 'signed',
    success: true,
    id,
  },
  'box-sign': {
    id,
    status: 'sent',
    name: 'n',
    external_id: requestId,
    auto_expire_at: '2027-01-01T00:00:00Z',
    prepare_url: 'https://x.example/',
    created_at: '2026-11-21T00:00:00Z',
    code: 'not_found',
    signers: [
      {
        email: 'ann@signer.example',
        role: 'signer',
        order: 1,
        has_viewed_document: true,
        signer_decision: { type: 'signed', finalized_at: '2026-11-21T00:00:00Z', additional_info: 'i' },
        embed_url: 'https://x.example/',
        iframeable_embed_url: 'https://x.example/',
      },
    ],
    entries: [{ id, status: 'sent', external_id: requestId, created_at: '2026-11-21T00:00:00Z' }],
    next_marker: 'm',
    access_token: 'a',
    expires_in: 3_600,
    token_type: 'bearer',
  },
  ironclad: {
    id,
    ironcladId: 'IC-1',
    status: 'active',
    step: 'Sign',
    isCancelled: false,
    title: 't',
    attributes: { externalId: { value: 'e' } },
    signatures: { state: 'in_progress' },
    signers: [
      {
        roleName: 'r',
        name: 'n',
        email: 'ann@signer.example',
        routingOrder: 1,
        status: 'viewed',
        signatureStatus: {},
      },
    ],
    list: [{ id, status: 'active', attributes: { externalId: requestId }, created: '2026-11-21T00:00:00Z' }],
    count: 1,
    code: 'INVALID_STATE',
    access_token: 'a',
    expires_in: 3_600,
    workflowId: id,
    asyncJobId: 'j',
  },
  truto: {
    id,
    name: 'n',
    urls: [{ type: 'signing', url: 'https://x.example/' }],
    remote_data: { id, status: 'active', title: 't', attributes: {} },
    result: [
      { id, created_at: '2026-11-21T00:00:00Z', remote_data: { id, status: 'active', attributes: {} } },
    ],
    next_cursor: 'c',
    is_partial_response: false,
    statusCode: 400,
    truto_is_remote_error: true,
    raw_response: { code: 'INVALID_STATE' },
    truto_error_insight: { forbidden_error: { value: { missing_scopes: ['a'] } } },
  },
};

const deep = (levels: number, open: string, close: string) => open.repeat(levels) + close.repeat(levels);
const nasty: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1e308,
  -1e308,
  2 ** 53,
  '',
  ' ',
  '\0',
  '\ud800',
  '../..',
  '%2e%2e',
  '\r\nset-cookie: a=b',
  '+275760-09-13T00:00:00.000Z',
  '-271821-04-20T00:00:00.000Z',
  '9'.repeat(400),
  'x'.repeat(10_000),
  [],
  {},
  [[]],
  [null],
  { length: -1 },
  { toString: 1, valueOf: 1 },
];

describe.each(providerNames)('%s', (name) => {
  const readings = Object.entries(readingsOf(name));
  const readAll = (given: ProviderResponse): void => {
    for (const [operation, read] of readings) {
      try {
        read(given);
      } catch (error) {
        throw new Error(`${operation} threw for ${given.status}: ${given.body?.slice(0, 300)}`, {
          cause: error,
        });
      }
    }
  };

  test('a wrong value in any field, at any status, is classified', () => {
    for (const path of pathsIn(wholes[name])) {
      for (const value of nasty) {
        const body = JSON.stringify(withValue(wholes[name], path, value));
        for (const status of statuses) readAll(answer(status, body));
      }
    }
  });

  test('nesting beyond reason, in any field, is classified', () => {
    const nested = deep(10_000, '[', ']');
    for (const path of pathsIn(wholes[name])) {
      const body = JSON.stringify(withValue(wholes[name], path, 'here')).replace('"here"', nested);
      for (const status of [200, 400]) readAll(answer(status, body));
    }
    // Nested as a whole, and cut off.
    for (const body of [deep(100_000, '[', ']'), '{"":'.repeat(100_000)]) readAll(answer(200, body));
  });

  test('arbitrary bytes and headers are classified', () => {
    const header = fc.oneof(
      fc.string(),
      fc.constantFrom('0', '-1', '1e9', '9'.repeat(30), 'Thu, 01 Jan 9999999 00:00:00 GMT', '1\r\nx: y', ''),
    );
    const headers = fc.record({
      'retry-after': header,
      'x-ratelimit-reset': header,
      'ratelimit-reset': header,
      'content-type': header,
    });
    const body = fc.oneof(
      fc.constant(null),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('utf8')),
      fc.json(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...statuses), body, headers, (status, text, given) => {
        readAll(answer(status, text, given));
      }),
      { numRuns: 500, seed: 20_261_121 },
    );
  });

  test('what is proof of a cancellation proves none of another request', () => {
    const provable = [...proofs[name](id)];
    const about = provable.flatMap((body) => readings.map(([, read]) => read(answer(200, body))));
    // The bodies are what they are said to be: about this one, they are believed.
    if (provable.length > 0) {
      expect(about).toContainEqual(
        expect.objectContaining({ kind: expect.stringMatching(/^(confirmed|proof)$/) }),
      );
    }
    for (const body of proofs[name](other)) {
      for (const [, read] of readings) {
        for (const status of statuses.filter((one) => one !== 410)) {
          expect(read(answer(status, body))).not.toMatchObject({ kind: 'confirmed' });
          expect(read(answer(status, body))).not.toMatchObject({ kind: 'proof' });
        }
      }
    }
  });
});
