/** What the dialect of Box Sign tells of each status and each problem: always in a published shape, and never more than is known. */
import { describe, expect, test } from 'vitest';
import { refuse } from '../../../functions/dialects/box-sign/client-error.ts';
import { boxSign } from '../../../functions/dialects/box-sign/dialect.ts';
import { signRequestOf } from '../../../functions/dialects/box-sign/sign-request.ts';
import { requestStatuses } from '../../../shared/domain/signature-request.ts';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import { Problem, problemNames } from '../../../shared/http/problem.ts';
import { clientError, oauthError, signRequest } from '../../integration/dialects/box-sign-schema.ts';

const view: SignatureRequestView = {
  id: 'sr_00000000000000000000000000000000',
  account_id: 'box-sign',
  provider: 'box-sign',
  provider_request_id: '0a1b2c3d-1111-4222-8333-444455556666',
  status: 'sent',
  name: null,
  external_id: null,
  signers: [],
  creation: null,
  cancellation: null,
  reminder: null,
  expires_at: null,
  prepare_url: null,
  read_at: null,
  read_error: null,
  created_at: '2026-01-15T17:00:00.000Z',
  updated_at: '2026-01-15T17:00:00.000Z',
};
const shown = (changes: Partial<SignatureRequestView>) =>
  signRequest.parse(JSON.parse(JSON.stringify(signRequestOf({ ...view, ...changes }))));

const others: ReadonlyMap<string, string | undefined> = new Map([
  ['creating', 'converting'],
  ['unknown', undefined],
]);

describe('a request', () => {
  test.each(requestStatuses)('that is %s has a status of Box, or none', (status) => {
    expect(shown({ status }).status).toBe(others.has(status) ? others.get(status) : status);
  });

  test('has its time of creation only if it was created here', () => {
    expect(shown({}).created_at).toBeUndefined();
    const creation = { state: 'sent', attempts: 1, next_check_at: null, error: null } as const;
    expect(shown({ creation }).created_at).toBe(view.created_at);
  });

  test('that Box has not given an id yet has ours', () => {
    expect(shown({}).id).toBe(view.provider_request_id);
    expect(shown({ provider_request_id: null }).id).toBe(view.id);
  });

  test('shows of a signer what was decided', () => {
    const signer = {
      id: 'sg_1',
      name: 'Ann',
      email: 'ann@signer.example',
      role: 'signer',
      order: null,
      viewed_at: null,
      decided_at: '2026-01-15T18:00:00.000Z',
      decline_reason: 'Not agreed',
      provider_signer_id: null,
      sign_url: 'https://cancel.example/sign/x',
    } as const;
    const statuses = ['awaiting', 'viewed', 'signed', 'declined'] as const;
    const { signers = [] } = shown({ signers: statuses.map((status) => ({ ...signer, status })) });
    expect(signers.map((one) => [one.has_viewed_document, one.signer_decision?.type])).toEqual([
      [false, undefined],
      [true, undefined],
      [true, 'signed'],
      [true, 'declined'],
    ]);
    expect(signers[3]).toMatchObject({
      embed_url: signer.sign_url,
      signer_decision: { finalized_at: signer.decided_at, additional_info: 'Not agreed' },
    });
  });
});

describe('a problem', () => {
  test.each(problemNames)('%s is told in the shape of Box', (type) => {
    const { status, body } = refuse(new Problem(type), 'request-1');
    expect(clientError.parse(body)).toMatchObject({ status, request_id: 'request-1' });
  });

  test.each([
    { type: 'temporarily-unavailable', status: 503, headers: { 'retry-after': '2' } },
    { type: 'internal-error', status: 500, headers: {} },
    { type: 'idempotency-key-reused', status: 409, headers: {} },
    { type: 'route-not-found', status: 404, headers: {} },
  ] as const)('$type is $status', ({ type, status, headers }) => {
    expect(refuse(new Problem(type), 'request-1')).toMatchObject({ status, headers });
  });

  test('of the token endpoint is told in the shape of OAuth', () => {
    const call = boxSign.calls.find(({ path }) => path === '/oauth2/token') ?? null;
    const refused = (type: Problem['type']) =>
      boxSign.refuse(new Problem(type), { requestId: 'request-1', call, parameters: {} });
    const away = refused('temporarily-unavailable');
    expect(away).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
    expect(oauthError.parse(away.body).error).toBe('temporarily_unavailable');
    expect(oauthError.parse(refused('internal-error').body).error).toBe('server_error');
  });
});

test.each([
  ['Bearer KEY', 'KEY'],
  ['bearer  KEY ', 'KEY'],
  ['Basic KEY', null],
  ['Bearer', null],
  ['Bearer A B', null],
  [undefined, null],
])('of the header %j the key is %j', (authorization, key) => {
  expect(boxSign.keyIn({ authorization })).toBe(key);
});
