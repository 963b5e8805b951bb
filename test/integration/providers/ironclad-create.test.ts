import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { ironclad } from '../../../shared/providers/ironclad/provider.ts';
import type { Control } from '../../simulators/control.ts';
import type { FaultInput } from '../../simulators/faults.ts';
import { type Creator, creatorOf } from './creating.ts';
import { appOf, ironcladStage, userOf } from './ironclad-stage.ts';

const lee = { email: 'lee@northwind.example', name: 'Lee Wong' };
const body = { signers: [lee], template_id: 'nda-1' };
const options = { external_id_attribute: 'caseId' };

describe('a creation at Ironclad', () => {
  const stage = ironcladStage();
  let control: Control;
  let creator: Creator;
  let company = 0;
  let before = 0;
  const creatorAs = (credentials: object, given: object = options) =>
    creatorOf(ironclad, {
      baseUrl: stage().baseUrls.IRONCLAD_BASE_URL,
      credentials,
      options: given,
      environment: stage().baseUrls,
    });
  beforeAll(() => {
    control = stage().control;
  });
  // Of a company of its own, so that no list has the workflows of another test.
  beforeEach(() => {
    company += 1;
    creator = creatorAs(userOf(`company-${company}`));
    before = control.requests().length;
  });
  const madeCount = () => control.requests().length - before;
  const made = async (over: object = {}, by = creator): Promise<string> => {
    const answer = await by.create(by.target({ ...body, ...over }));
    if (answer.kind !== 'created') throw new Error(`not created: ${JSON.stringify(answer)}`);
    return answer.providerRequestId;
  };
  const followed = async (id: string, credentials: object = userOf(`company-${company}`)) => {
    const read = await stage().as(credentials).read(id, { followed: true });
    return 'details' in read ? read.details : undefined;
  };
  const spoil = (...faults: FaultInput[]) => control.set({ faults });
  test('is answered with the workflow, which then goes through its steps', async () => {
    const answer = await creator.create(creator.target(body));
    expect(answer).toMatchObject({
      kind: 'created',
      status: 'sent',
      details: { name: 'NDA with Northwind' },
    });
    const id = answer.kind === 'created' ? answer.providerRequestId : '';
    // In Review nobody signs yet.
    expect(await followed(id)).not.toHaveProperty('signers');
    const signers = async () => (await followed(id))?.signers;
    const signer = { ref: 'Counterparty Signer', name: lee.name, email: lee.email, order: 0 };
    control.act(id, 'send_packet');
    expect(await signers()).toEqual([{ ...signer, status: 'awaiting' }]);
    control.act(id, 'view');
    expect(await signers()).toEqual([{ ...signer, status: 'viewed' }]);
    control.act(id, 'decline');
    expect(await signers()).toEqual([{ ...signer, status: 'declined' }]);
    control.act(id, 'sign');
    expect(
      await stage()
        .as(userOf(`company-${company}`))
        .read(id),
    ).toEqual({
      kind: 'status',
      status: 'signed',
    });
  });

  test('with client credentials the signers are read elsewhere, which is allowed', async () => {
    const app = appOf(`app-${company}`);
    const id = await made({}, creatorAs(app));
    control.act(id, 'view');
    expect(await followed(id, app)).toMatchObject({
      signers: [{ ref: 'Counterparty Signer', email: lee.email, status: 'viewed' }],
    });
    const calls = control.calls({ requestId: id }).map(({ operation }) => operation);
    expect(calls).toEqual(['read', 'signatures']);
  });

  test('two signers come in their order', async () => {
    control.set({ internal_signer: 'first', launched_into: 'sent' });
    const id = await made();
    control.set({ internal_signer: 'none', launched_into: 'review' });
    expect((await followed(id))?.signers?.map(({ ref, order }) => [ref, order])).toEqual([
      ['Internal Signer', 0],
      ['Counterparty Signer', 1],
    ]);
  });

  test.each([
    [{}, { template_id: 'nda-gone' }, 'INVALID_PARAM template'],
    [{ signer_email_attribute: 'mail' }, {}, 'MISSING_PARAM counterpartySignerEmail'],
  ])('options %j, body %j: refused for good', async (given, over, words) => {
    const by = creatorAs(userOf(`company-${company}`), given);
    expect(await by.create(by.target({ ...body, ...over }))).toMatchObject({
      kind: 'invalid',
      error: { detail: `The provider answered 400 ${words}.` },
    });
    expect(madeCount()).toBe(0);
  });

  test('refused credentials and a rate limit are the account’s matter, and nothing is made', async () => {
    const bad = creatorAs(userOf('token-bad'));
    expect(await bad.create(bad.target(body))).toMatchObject({ kind: 'refused', pausesAccount: true });
    spoil({ on: 'create', do: 'status', status: 429 });
    expect(await creator.create(creator.target(body))).toMatchObject({
      kind: 'try_again',
      retryAt: expect.any(Number),
    });
    expect(madeCount()).toBe(0);
  });

  describe('whose answer never came', () => {
    const lost = [
      { do: 'cut_after' },
      { do: 'hang_after' },
      { do: 'status_after', status: 502 },
      { do: 'huge' },
    ] as const;
    test.each(lost)('(%j) was made, and is found by our id', async (fault) => {
      spoil({ on: 'create', ...fault });
      const target = creator.target(body);
      expect(await creator.create(target)).toMatchObject({ kind: 'unclear', mayHaveActed: true });
      const found = await creator.find(target);
      expect(found).toMatchObject({ kind: 'found', status: 'sent' });
      expect(found.kind === 'found' && control.request(found.providerRequestId)?.id).toBeTruthy();
      expect(madeCount()).toBe(1);
    });
    test.each([{ do: 'cut_before' }, { do: 'hang' }, { do: 'html', status: 502 }] as const)(
      '(%j) was not, and is absent',
      async (fault) => {
        spoil({ on: 'create', ...fault });
        const target = creator.target(body);
        expect(await creator.create(target)).toMatchObject({ kind: 'unclear', mayHaveActed: true });
        expect(await creator.find(target)).toEqual({ kind: 'absent' });
        expect(madeCount()).toBe(0);
      },
    );
    test('is found whatever became of it meanwhile', async () => {
      for (const [action, status] of [
        ['cancel', 'cancelled'],
        ['sign', 'signed'],
      ] as const) {
        const target = creator.target(body);
        const answer = await creator.create(target);
        control.act(answer.kind === 'created' ? answer.providerRequestId : '', action);
        expect(await creator.find(target)).toMatchObject({ kind: 'found', status });
      }
    });
    test('is missing in lists for a while: hence the time until absent counts', async () => {
      control.set({ list_delay_ms: 100 });
      const target = creator.target(body);
      await creator.create(target);
      expect(await creator.find(target)).toEqual({ kind: 'absent' });
      await sleep(120);
      expect(await creator.find(target)).toMatchObject({ kind: 'found' });
      control.set({ list_delay_ms: 0 });
      expect(ironclad.find?.settledAfterMs).toBeGreaterThanOrEqual(60_000);
    });
    test('is found behind a hundred others of the template', async () => {
      control.set({ list_delay_ms: 0 });
      await Promise.all(Array.from({ length: 120 }, () => made()));
      const target = creator.target(body);
      await creator.create(target);
      const pages = () => control.calls({ operation: 'list' }).length;
      const looks = pages();
      expect(await creator.find(target)).toMatchObject({ kind: 'found' });
      expect(pages() - looks).toBe(2);
      expect(await creator.find(creator.target(body))).toEqual({ kind: 'absent' });
      expect(pages() - looks).toBe(5);
    });
    test('cannot be told from others by the client’s own external id', async () => {
      const target = creator.target({ ...body, external_id: 'case-1' });
      expect(await creator.find(target)).toEqual({ kind: 'absent' });
      await creator.create(target);
      expect(await creator.find(target)).toMatchObject({ kind: 'ambiguous' });
      expect(await creator.find(target, Date.now() + 120_000)).toEqual({ kind: 'absent' });
    });
    test('cannot be looked for without an attribute that holds an id', async () => {
      const by = creatorAs(userOf(`company-${company}`), {});
      expect(await by.find(by.target(body))).toEqual({ kind: 'cannot_look' });
    });
  });

  describe('a reminder', () => {
    const signer = { ref: 'Counterparty Signer', email: lee.email, name: lee.name };

    test('reaches the signer, once an hour, and is allowed to an app', async () => {
      const app = appOf(`app-${company}`);
      const by = creatorAs(app);
      const id = await made({}, by);
      expect(await by.remind(id, signer)).toMatchObject({ kind: 'refused', error: { type: 'refused' } });
      control.act(id, 'view');
      expect(await by.remind(id, signer)).toEqual({ kind: 'reminded' });
      expect(await by.remind(id, signer)).toMatchObject({
        kind: 'refused',
        error: { type: 'rate-limited' },
        retryAt: expect.any(Number),
      });
      control.override(id, { reminder_cool_down_ms: 0 });
      expect(await by.remind(id, signer)).toEqual({ kind: 'reminded' });
    });
    test('to a role that is not there is refused; lost on the way it is unclear', async () => {
      const id = await made();
      control.act(id, 'view');
      expect(await creator.remind(id, { ...signer, ref: 'Legal / Finance' })).toMatchObject({
        kind: 'refused',
        error: { type: 'not-found' },
      });
      spoil({ on: 'remind', do: 'cut_after' });
      expect(await creator.remind(id, signer)).toMatchObject({ kind: 'unclear' });
    });
  });

  test('a number leads to the id', async () => {
    const id = await made();
    const caller = stage().as(userOf(`company-${company}`));
    const workflow = await fetch(`${stage().baseUrls.IRONCLAD_BASE_URL}/workflows/${id}`, {
      headers: { authorization: `Bearer company-${company}` },
    });
    const { ironcladId } = z.object({ ironcladId: z.string() }).parse(await workflow.json());
    expect(await caller.read(ironcladId)).toEqual({ kind: 'status', status: 'sent', canonicalId: id });
    control.act(id, 'send_packet');
    expect(await caller.read(ironcladId, { followed: true })).toMatchObject({
      canonicalId: id,
      details: { signers: [{ email: lee.email }] },
    });
  });
});
