import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { truto } from '../../../shared/providers/truto/provider.ts';
import type { Control } from '../../simulators/control.ts';
import type { FaultInput } from '../../simulators/faults.ts';
import { type Creator, creatorOf } from './creating.ts';
import { trutoStage } from './truto-stage.ts';

const body = { signers: [{ email: 'lee@northwind.example', name: 'Lee Wong' }], template_id: 'nda-1' };

describe('a creation through Truto', () => {
  const stage = trutoStage();
  let control: Control;
  let creator: Creator;
  let company = 0;
  const credentials = () => ({ api_token: 'token-1', integrated_account_id: `company-${company}` });
  const creatorAs = (over: object = {}, options: object = { external_id_attribute: 'caseId' }) =>
    creatorOf(truto, { baseUrl: stage().baseUrl, credentials: { ...credentials(), ...over }, options });
  beforeAll(() => {
    control = stage().control;
  });
  // Of an integrated account of its own, so that no list has the workflows of another test.
  beforeEach(() => {
    company += 1;
    creator = creatorAs();
  });
  afterEach(() => {
    control.set({
      create_form: 'either',
      create_reply: 'workflow',
      read_envelope: 'bare',
      remote_data: 'present',
      ironclad_error: 'none',
      integrated_account: 'active',
      idempotency: 'replay',
      list: 'whole',
      list_delay_ms: 0,
      urls: 'none',
    });
  });
  const spoil = (...faults: FaultInput[]) => control.set({ faults });
  const made = async (target = creator.target(body)): Promise<string> => {
    const answer = await creator.create(target);
    if (answer.kind !== 'created') throw new Error(`not created: ${JSON.stringify(answer)}`);
    return answer.providerRequestId;
  };
  const followed = async (id: string) => {
    const read = await stage().as(credentials()).read(id, { followed: true });
    return 'details' in read ? read.details : undefined;
  };

  test.each([
    ['unified', 'bare'],
    ['remote_data', 'bare'],
    ['either', 'result'],
  ])('is read in the form %s, and answered %s', async (create_form, read_envelope) => {
    control.set({ create_form, read_envelope });
    const answer = await creator.create(creator.target(body));
    expect(answer).toMatchObject({
      kind: 'created',
      status: 'sent',
      details: { name: 'NDA with Northwind' },
    });
    const id = answer.kind === 'created' ? answer.providerRequestId : '';
    expect(await stage().as(credentials()).read(id)).toEqual({ kind: 'status', status: 'sent' });
    control.act(id, 'sign');
    expect(await stage().as(credentials()).read(id)).toEqual({ kind: 'status', status: 'signed' });
  });

  test('without Ironclad’s word its status is not known yet', async () => {
    control.set({ remote_data: 'absent' });
    expect(await creator.create(creator.target(body))).toMatchObject({ kind: 'created', status: 'unknown' });
  });

  test('tells a page only where it is one for signing', async () => {
    const id = await made();
    control.set({ urls: 'browser' });
    expect(await followed(id)).not.toHaveProperty('page');
    control.set({ urls: 'signing' });
    expect(await followed(id)).toMatchObject({ page: 'https://ironcladapp.example/sign?r=5e51f2b9' });
  });

  test.each([
    ['400', { kind: 'invalid' }],
    ['401', { kind: 'refused', pausesAccount: true }],
    ['403', { kind: 'refused', error: { type: 'forbidden' } }],
    ['404', { kind: 'invalid' }],
    ['409', { kind: 'unclear', mayHaveActed: true }],
    ['429', { kind: 'try_again', error: { type: 'rate-limited' } }],
    ['500', { kind: 'unclear', mayHaveActed: true }],
    ['503', { kind: 'unclear', mayHaveActed: true }],
  ])('that Ironclad answers %s is %j', async (ironclad_error, meaning) => {
    control.set({ ironclad_error });
    expect(await creator.create(creator.target(body))).toMatchObject(meaning);
  });
  test.each([
    ['blocked', { kind: 'refused', error: { type: 'account-blocked' }, pausesAccount: true }],
    ['sandbox', { kind: 'refused', error: { type: 'refused' } }],
    ['needs_reauth', { kind: 'refused', error: { type: 'unauthorized' } }],
  ])('in an account that is %s is refused about the account', async (integrated_account, meaning) => {
    control.set({ integrated_account });
    expect(await creator.create(creator.target(body))).toMatchObject(meaning);
  });
  test('in an account that is gone is not the wish’s fault', async () => {
    const gone = creatorAs({ integrated_account_id: 'company-gone' });
    expect(await gone.create(gone.target(body))).toMatchObject({
      kind: 'refused',
      error: { type: 'not-found' },
    });
  });

  describe('whose answer never came', () => {
    test.each([
      { do: 'cut_after' },
      { do: 'hang_after' },
      { do: 'status_after', status: 504 },
      { do: 'huge' },
    ] as const)('(%j) was made, and is found by our id', async (fault) => {
      spoil({ on: 'create', ...fault });
      const target = creator.target(body);
      expect(await creator.create(target)).toMatchObject({ kind: 'unclear', mayHaveActed: true });
      expect(await creator.find(target)).toMatchObject({ kind: 'found', status: 'sent' });
    });
    test('that says nothing, was made all the same', async () => {
      control.set({ create_reply: 'empty' });
      const target = creator.target(body);
      expect(await creator.create(target)).toMatchObject({ kind: 'unclear', mayHaveActed: true });
      expect(await creator.find(target)).toMatchObject({ kind: 'found' });
    });
    test.each([{ do: 'cut_before' }, { do: 'hang' }, { do: 'html', status: 502 }] as const)(
      '(%j) was not, and is absent',
      async (fault) => {
        spoil({ on: 'create', ...fault });
        const target = creator.target(body);
        expect(await creator.create(target)).toMatchObject({ kind: 'unclear' });
        expect(await creator.find(target)).toEqual({ kind: 'absent' });
      },
    );
    test('repeated under its key, is the same workflow; once the key is forgotten, another', async () => {
      const target = creator.target(body);
      const id = await made(target);
      expect(await made(target)).toBe(id);
      control.set({ idempotency: 'forget' });
      expect(await made(target)).not.toBe(id);
      // So nothing is repeated without a look, and two of them are not for a machine to decide.
      expect(await creator.find(target)).toMatchObject({ kind: 'ambiguous' });
    });
    test('is found whatever became of it, late, and behind a hundred others', async () => {
      control.set({ list_delay_ms: 100 });
      for (let others = 0; others < 105; others += 1) control.seed({ key: `company-${company}` });
      const target = creator.target({ ...body, template_id: '68f0000000000000000000a1' });
      control.act(await made(target), 'cancel');
      expect(await creator.find(target)).toEqual({ kind: 'absent' });
      await sleep(120);
      expect(await creator.find(target)).toMatchObject({ kind: 'found', status: 'cancelled' });
    });
    test('cannot be told absent by a part of the list, or by one that hides Ironclad’s word', async () => {
      const target = creator.target(body);
      control.set({ list: 'partial' });
      expect(await creator.find(target)).toMatchObject({ kind: 'ambiguous' });
      control.set({ list: 'whole', remote_data: 'absent' });
      await made(target);
      expect(await creator.find(target)).toMatchObject({ kind: 'ambiguous' });
    });
    test('cannot be told from others by the client’s own external id, or without the option', async () => {
      const target = creator.target({ ...body, external_id: 'case-1' });
      expect(await creator.find(target)).toEqual({ kind: 'absent' });
      const id = await made(target);
      expect(await creator.find(target)).toMatchObject({ kind: 'ambiguous' });
      expect(control.request(id)?.status).toBe('active');
      const without = creatorAs({}, {});
      expect(await without.find(without.target(body))).toEqual({ kind: 'cannot_look' });
    });
  });
});
