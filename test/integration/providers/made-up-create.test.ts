/** The life of a request at the template's provider: what a copy of it starts from. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRequestBody } from '../../../shared/http/contract/creation.ts';
import { refusedFields } from '../../../shared/providers/refused-fields.ts';
import { exampleSign } from '../../../shared/providers/template/provider.ts';
import { type Simulators, serveSimulators } from '../../simulators/server.ts';
import { exampleSignSimulator } from '../../simulators/template/simulator.ts';
import { type Caller, callerOf } from './call.ts';
import { type Creator, creatorOf } from './creating.ts';

const body = {
  name: 'NDA',
  signers: [{ email: 'ann@signer.example' }, { email: 'bo@signer.example', order: 1, name: 'Bo' }],
  source_files: [{ url: 'https://files.example/nda.pdf' }],
  days_valid: 2,
  external_id: 'env-42',
};
let simulators: Simulators<string, string>;
let creator: Creator;
let caller: Caller;
const control = () => {
  const found = simulators.control['example-sign'];
  if (found === undefined) throw new Error('Example Sign is not simulated');
  return found;
};
beforeAll(async () => {
  simulators = await serveSimulators([exampleSignSimulator(null)], 0);
  const given = {
    baseUrl: simulators.baseUrls.EXAMPLE_SIGN_BASE_URL ?? '',
    credentials: { api_key: 'a-key' },
  };
  creator = creatorOf(exampleSign, given);
  caller = callerOf(exampleSign, given);
});
afterAll(() => simulators.close());

test('created, viewed, reminded, declined: each is read back', async () => {
  const made = await creator.create(creator.target(body));
  expect(made).toMatchObject({
    kind: 'created',
    status: 'sent',
    details: {
      name: 'NDA',
      expiresAt: expect.any(Number),
      signers: [{ status: 'awaiting' }, { name: 'Bo' }],
    },
  });
  const id = made.kind === 'created' ? made.providerRequestId : '';
  const details = async () => {
    const read = await caller.read(id, { followed: true });
    return 'details' in read ? read.details : read;
  };
  control().act(id, 'view');
  expect(await details()).toMatchObject({
    signers: [{ status: 'viewed', viewedAt: expect.any(Number) }, {}],
  });
  expect(await creator.remind(id)).toEqual({ kind: 'reminded' });
  expect(await creator.remind(id)).toMatchObject({ kind: 'refused', retryAt: expect.any(Number) });
  control().act(id, 'decline');
  expect(await details()).toMatchObject({
    signers: [{ status: 'declined', declineReason: 'Not agreed' }, {}],
  });
  expect(await caller.read(id)).toEqual({ kind: 'status', status: 'declined' });
});

test.each([
  ['cut_before', 'absent'],
  ['cut_after', 'found'],
  ['status_after', 'found'],
] as const)('%s: a look says %s', async (fault, kind) => {
  const target = creator.target(body);
  control().set({ faults: [{ on: 'create', do: fault }] });
  expect(await creator.create(target)).toMatchObject({ kind: 'unclear', mayHaveActed: true });
  expect((await creator.find(target)).kind).toBe(kind);
});

test('what it has nothing for is refused by its name, and what it refuses itself was not made', async () => {
  const wanted = createRequestBody.parse({
    account_id: 'a',
    signers: [{ role: 'approver', password: 'p' }],
    template_id: 't',
  });
  expect(refusedFields(exampleSign, wanted, {}).map(({ field }) => field)).toEqual([
    'signers.0.password',
    'template_id',
    'source_files',
    'signers.0.email',
    'signers.0.role',
  ]);
  const target = creator.target({ signers: body.signers });
  expect(await creator.create(target)).toMatchObject({ kind: 'invalid', error: { providerStatus: 400 } });
});

test('any answer has a meaning, and none says that nothing happened where something may have', () => {
  const target = creator.target(body);
  const anyBody = fc.oneof(fc.constant(null), fc.string(), fc.json());
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), anyBody, (status, text) => {
      const response = { status, headers: {}, body: text, receivedAt: target.now };
      const { kind } = exampleSign.create.classify(response, target);
      if (status >= 500 || status < 400) expect(kind).toBe('unclear');
      expect(['created', 'invalid']).not.toContain(kind);
      const request = { method: 'GET', url: 'https://x.example', headers: {} } as const;
      expect(['found', 'absent']).not.toContain(
        exampleSign.find?.classify(response, target, target.now, request).kind,
      );
      const reminded = exampleSign.remind?.classify(response).kind;
      expect(reminded === 'reminded').toBe(status === 204);
    }),
  );
});
