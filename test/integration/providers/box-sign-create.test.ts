import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { boxSign } from '../../../shared/providers/box-sign/provider.ts';
import type { Control } from '../../simulators/control.ts';
import type { FaultInput } from '../../simulators/faults.ts';
import { boxSignStage, clientCredentials } from './box-sign-stage.ts';
import { type Caller, listen } from './call.ts';
import { type Creator, creatorOf } from './creating.ts';

const credentials = clientCredentials('111');
const files = { source_files: [{ id: '12345' }] };
const ann = { email: 'ann@signer.example' };
const bo = { email: 'bo@signer.example', order: 2 };

describe('a creation at Box Sign', () => {
  const stage = boxSignStage();
  let control: Control;
  let caller: Caller;
  let creator: Creator;
  const creatorAs = (subject: string) =>
    creatorOf(boxSign, {
      baseUrl: stage().baseUrls.BOX_BASE_URL,
      credentials: clientCredentials(subject),
      environment: stage().baseUrls,
    });
  beforeAll(() => {
    control = stage().control;
    control.set({ converting_ms: 0, resend_cool_down_ms: 200 });
    caller = stage().as(credentials);
    creator = creatorAs('111');
  });
  const made = async (body: object = {}, by = creator): Promise<string> => {
    const answer = await by.create(by.target({ signers: [ann], ...files, ...body }));
    if (answer.kind !== 'created') throw new Error(`not created: ${JSON.stringify(answer)}`);
    return answer.providerRequestId;
  };
  const detailsOf = async (id: string) => {
    const read = await caller.read(id, { followed: true });
    return 'details' in read ? { status: 'status' in read && read.status, ...read.details } : read;
  };

  test('is answered with the request; the sender is its first signer, its name has an extension', async () => {
    control.set({ converting_ms: 60_000 });
    const target = creator.target({ name: 'NDA', signers: [ann, bo], days_valid: 2, ...files });
    const answer = await creator.create(target);
    control.set({ converting_ms: 0 });
    expect(answer).toMatchObject({
      kind: 'created',
      status: 'converting',
      details: {
        name: 'NDA.pdf',
        expiresAt: expect.any(Number),
        signers: [
          { email: 'zoe@sender.example', role: 'final_copy_reader' },
          { email: ann.email, role: 'signer', status: 'awaiting' },
          { email: bo.email, order: 2 },
        ],
      },
    });
    expect(answer).not.toHaveProperty('details.externalId');
    expect(control.calls({ operation: 'create' }).at(-1)?.status).toBe(201);
  });

  test('what is refused was not made', async () => {
    const before = control.requests().length;
    const gone = creator.target({ signers: [ann], source_files: [{ id: '404' }] });
    expect(await creator.create(gone)).toMatchObject({
      kind: 'invalid',
      error: { type: 'refused', detail: 'The provider answered 404 not_found.' },
    });
    // What Box Sign itself says of it, should the check before it miss something.
    const root = creator.target({ signers: [ann], ...files, parent_folder: { id: '0' } });
    expect(await creator.create(root)).toMatchObject({ kind: 'invalid', error: { providerStatus: 400 } });
    expect(control.requests()).toHaveLength(before);
  });

  test('creations and reminders have a limit of their own', async () => {
    const busy = creatorAs('busy');
    control.set({ send_limit_per_minute: 1 });
    const answers = [];
    // The limit is per clock minute, which may end between two calls.
    for (let calls = 0; calls < 3; calls += 1) {
      answers.push(await busy.create(busy.target({ signers: [ann], ...files })));
    }
    control.set({ send_limit_per_minute: 0 });
    expect(answers.find(({ kind }) => kind === 'try_again')).toMatchObject({
      error: { type: 'rate-limited' },
      pausesAccount: true,
      retryAt: expect.any(Number),
    });
  });

  describe('whose answer never came', () => {
    const spoiled = async (fault: FaultInput, body: object = {}) => {
      const target = creator.target({ signers: [ann], ...files, ...body });
      control.set({ faults: [fault] });
      const at = Date.now();
      expect(await creator.create(target)).toMatchObject({ kind: 'unclear', mayHaveActed: true });
      return { target, at };
    };
    test.each(['cut_before', 'hang', 'redirect', 'html'] as const)('%s: it is absent', async (fault) => {
      const { target, at } = await spoiled({ on: 'create', do: fault });
      expect(await creator.find(target, at)).toEqual({ kind: 'absent' });
    });
    test.each(['cut_after', 'hang_after', 'huge', 'status_after'] as const)(
      '%s: it is found by our id, and nobody else finds it',
      async (fault) => {
        const { target, at } = await spoiled({ on: 'create', do: fault, status: 503 });
        const found = await creator.find(target, at);
        expect(found).toMatchObject({ kind: 'found', status: 'sent', details: { signers: [{}, ann] } });
        expect(await creator.find(creator.target({ signers: [ann], ...files }), at)).toEqual({
          kind: 'absent',
        });
        expect(await creatorAs('222').find(target, at)).toEqual({ kind: 'absent' });
        const id = found.kind === 'found' ? found.providerRequestId : '';
        expect((await caller.cancel(id)).kind).toBe('confirmed');
      },
    );
    test('with an external_id of the client’s, a person decides between what is there', async () => {
      const body = { external_id: 'env-42' };
      const lost = await spoiled({ on: 'create', do: 'cut_before' }, body);
      expect(await creator.find(lost.target, lost.at)).toEqual({ kind: 'absent' });
      const { target, at } = await spoiled({ on: 'create', do: 'cut_after' }, body);
      const mine = control.requests().at(-1)?.id;
      expect(await creator.find(target, at)).toMatchObject({
        kind: 'ambiguous',
        detail: expect.stringContaining(mine ?? 'none'),
      });
    });
    test('it may be listed late', async () => {
      control.set({ list_delay_ms: 200 });
      const { target, at } = await spoiled({ on: 'create', do: 'cut_after' });
      expect(await creator.find(target, at)).toEqual({ kind: 'absent' });
      await sleep(210);
      expect((await creator.find(target, at)).kind).toBe('found');
      control.set({ list_delay_ms: 0 });
    });
    test.each([
      ['newest', 'null'],
      ['oldest', 'empty'],
    ])('it is found whichever way they are listed: %s first, %s at the end', async (order, end) => {
      const { target, at } = await spoiled({ on: 'create', do: 'cut_after' });
      for (let n = 0; n < 150; n += 1) control.seed({ key: '111' });
      control.set({ list_order: order, list_end: end });
      expect((await creator.find(target, at)).kind).toBe('found');
      const missing = creator.target({ signers: [ann], ...files });
      expect(await creator.find(missing, at)).toEqual({ kind: 'absent' });
    });
    test('a list without an end is not read to its end', async () => {
      for (let n = 0; n < 1_001; n += 1) control.seed({ key: '333' });
      const many = creatorAs('333');
      const missing = many.target({ signers: [ann], ...files });
      const before = control.calls({ operation: 'list' }).length;
      expect((await many.find(missing)).kind).toBe('ambiguous');
      expect(control.calls({ operation: 'list' }).length - before).toBe(10);
    });
  });

  test('is followed signer by signer', async () => {
    const id = await made({
      signers: [bo, ann, { ...bo, email: 'cy@signer.example' }],
      external_id: 'env-7',
    });
    control.act(id, 'view');
    expect(await detailsOf(id)).toMatchObject({
      status: 'viewed',
      externalId: 'env-7',
      // The order decides who is next, not the place.
      signers: [{}, { status: 'awaiting' }, { email: ann.email, status: 'viewed' }, { status: 'awaiting' }],
    });
    control.act(id, 'sign_one');
    control.act(id, 'sign_one');
    expect(await detailsOf(id)).toMatchObject({
      status: 'viewed',
      signers: [
        {},
        { status: 'signed', decidedAt: expect.any(Number) },
        { status: 'signed' },
        { status: 'awaiting' },
      ],
    });
    control.act(id, 'decline');
    expect(await detailsOf(id)).toMatchObject({
      status: 'declined',
      signers: [{}, {}, {}, { status: 'declined', declineReason: 'Not agreed' }],
    });
  });

  test('the last of them to sign ends it, and both are told', async () => {
    const listener = await listen('');
    const other = creatorAs('444');
    await stage().callBack('444', listener.url);
    const id = await made({ external_id: 'env-9' }, other);
    control.act(id, 'sign_one');
    const notices = [1, 2, 3].map(async (n) => {
      const delivery = await listener.delivery(n);
      expect(delivery.body.toString()).toContain('"external_id":"env-9"');
      return boxSign.webhook.receive(delivery, [credentials], null);
    });
    const hint = (claim: object | null) => ({
      kind: 'notices',
      notices: [{ providerRequestId: id, claim, trust: 'hint' }],
    });
    // Requested, signed by one, completed: in whichever order they come.
    expect(await Promise.all(notices)).toEqual(
      expect.arrayContaining([hint(null), hint({ status: 'signed', ref: null })]),
    );
    expect(control.request(id)?.status).toBe('signed');
    await listener.close();
  });

  test('waits for its preparation where that is wanted', async () => {
    const id = await made({ is_document_preparation_needed: true });
    expect(await detailsOf(id)).toMatchObject({ status: 'created' });
    expect(await detailsOf(id)).not.toHaveProperty('page');
    control.act(id, 'prepare');
    expect(await detailsOf(id)).toMatchObject({ status: 'sent' });
  });

  test('who has an id in the client’s system has a page', async () => {
    const id = await made({ signers: [{ ...ann, embed_url_external_user_id: '1234' }, bo] });
    const details = await detailsOf(id);
    expect(details).toMatchObject({
      signers: [{}, { page: expect.stringMatching(/^https:/) }, { email: bo.email }],
    });
    expect(details).not.toHaveProperty('signers.2.page');
  });

  test('a reminder is refused too early, and after the end', async () => {
    const id = await made();
    expect(await creator.remind(id)).toMatchObject({ kind: 'refused', error: { providerStatus: 400 } });
    await sleep(210);
    expect(await creator.remind(id)).toEqual({ kind: 'reminded' });
    expect(await creator.remind(id)).toMatchObject({ kind: 'refused' });
    control.act(id, 'cancel');
    await sleep(210);
    expect(await creator.remind(id)).toMatchObject({ kind: 'refused', error: { type: 'refused' } });
    expect(await creator.remind('never-there')).toMatchObject({ error: { type: 'not-found' } });
  });

  test('a reminder whose answer never came is not known to be sent', async () => {
    const { id } = control.seed();
    for (const fault of ['cut_after', 'status', 'html'] as const) {
      control.override(id, { faults: [{ on: 'remind', do: fault }] });
      expect(await creator.remind(id)).toMatchObject({ kind: 'unclear' });
    }
  });
});
