import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CreationTarget } from '../../../shared/providers/creation.ts';
import { okdokument } from '../../../shared/providers/okdokument/provider.ts';
import { uuidOf } from '../../../shared/providers/okdokument/request-id.ts';
import type { Control } from '../../simulators/control.ts';
import { type Simulators, startSimulators } from '../../simulators/server.ts';
import { type Caller, callerOf, type Listener, listen, until } from './call.ts';
import { type Creator, creatorOf } from './creating.ts';

const credentials = { api_key: 'a-key' };
const files = [{ name: 'nda.pdf', bytes: Buffer.from('%PDF-1.7\n') }];

describe('a creation at OKdokument', () => {
  let simulators: Simulators;
  let control: Control;
  let baseUrl: string;
  let caller: Caller;
  let creator: Creator;
  let listener: Listener;
  beforeAll(async () => {
    simulators = await startSimulators({ port: 0 });
    control = simulators.control.okdokument;
    baseUrl = simulators.baseUrls.OKDOKUMENT_BASE_URL;
    caller = callerOf(okdokument, { baseUrl, credentials });
    creator = creatorOf(okdokument, { baseUrl, credentials });
    listener = await listen('OK');
  });
  afterAll(async () => {
    await listener.close();
    await simulators.close();
  });
  const target = (body: object = {}): CreationTarget => ({
    ...creator.target({ signers: [{}], source_files: [{ url: 'https://files.example/nda.pdf' }], ...body }),
    files,
    webhookUrl: listener.url,
  });
  const idOf = ({ id }: CreationTarget) => uuidOf(id);

  test.each(['documented', 'connector'])('is answered as %s, under our id, with the page', async (reply) => {
    control.set({ create_reply: reply });
    const wish = target({ name: 'NDA', days_valid: 1, redirect_url: 'https://client.example/done' });
    expect(await creator.create(wish)).toEqual({
      kind: 'created',
      providerRequestId: idOf(wish),
      status: 'sent',
      details: { page: `${baseUrl}/openDocument/${idOf(wish)}`, expiresAt: wish.now + 86_400_000 },
    });
    // The page that was told then stays.
    const known = { followed: true, existed: true };
    expect(await caller.read(idOf(wish), known)).toEqual({ kind: 'status', status: 'sent' });
    expect(await caller.cancel(idOf(wish))).toEqual({ kind: 'confirmed', status: 'deleted' });
  });

  test('of a document that is there', async () => {
    const headers = { 'x-api-key': 'a-key', 'content-type': 'application/json' };
    const body = JSON.stringify({ file: 'JVBERi0=', filename: 'there.pdf' });
    const uploaded = await fetch(`${baseUrl}/document`, { method: 'POST', headers, body });
    const { result } = (await uploaded.json()) as { result: string };
    expect(await creator.create(target({ source_files: [{ id: result }] }))).toMatchObject({
      kind: 'created',
    });
    expect(await creator.create(target({ source_files: [{ id: 'nowhere' }] }))).toMatchObject({
      kind: 'invalid',
      error: { type: 'refused', detail: 'The provider answered 400 err.document.not.exist.' },
    });
  });

  test('no file at all is refused by the provider too', async () => {
    expect(await creator.create({ ...target(), files: [] })).toMatchObject({ kind: 'invalid' });
  });

  test.each([
    ['cut_after', true],
    ['hang_after', true],
    ['status_after', true],
    ['cut_before', false],
    ['hang', false],
    ['status', false],
  ] as const)('after %s a look tells: %s', async (fault, isThere) => {
    const wish = target();
    control.set({ faults: [{ on: 'create', do: fault }] });
    expect(await creator.create(wish)).toMatchObject({ kind: 'unclear', mayHaveActed: true });
    const page = `${baseUrl}/openDocument/${idOf(wish)}`;
    expect(await creator.find(wish)).toEqual(
      isThere
        ? { kind: 'found', providerRequestId: idOf(wish), status: 'sent', details: { page } }
        : { kind: 'absent' },
    );
  });

  test.each(['message', 'empty'])(
    'a second call makes no second one: 409 (%s), then a look',
    async (body) => {
      control.set({ conflict_body: body });
      const wish = target();
      const before = control.requests().length;
      expect((await creator.create(wish)).kind).toBe('created');
      expect(await creator.create(wish)).toMatchObject({ kind: 'unclear', mayHaveActed: true });
      expect(await creator.find(wish)).toMatchObject({ kind: 'found' });
      expect(control.requests()).toHaveLength(before + 1);
    },
  );

  test('an error page and a server error may hide the act; refused credentials do not', async () => {
    for (const fault of [{ do: 'html' }, { do: 'status', status: 503 }, { do: 'redirect' }] as const) {
      control.set({ faults: [{ on: 'create', ...fault }] });
      expect(await creator.create(target())).toMatchObject({ kind: 'unclear', mayHaveActed: true });
    }
    const stranger = creatorOf(okdokument, { baseUrl, credentials: { api_key: 'a-bad' } });
    expect(await stranger.create(target())).toMatchObject({
      kind: 'refused',
      error: { type: 'unauthorized' },
    });
  });

  test.each([
    ['sign', 'signed'],
    ['decline', 'declined'],
  ] as const)(
    'the signer looks, which nothing tells, then %ss: the one callback leads to the signer',
    async (act, status) => {
      const wish = target();
      const id = idOf(wish);
      await creator.create(wish);
      const before = listener.deliveries.length;
      control.act(id, 'view');
      expect(await caller.read(id, { followed: true, existed: true })).toEqual({
        kind: 'status',
        status: 'sent',
      });
      control.act(id, act);
      const received = okdokument.webhook.receive(await listener.delivery(before + 1), [credentials], null);
      expect(received).toMatchObject({ notices: [{ providerRequestId: id, trust: 'hint' }] });
      const claim = received.kind === 'notices' ? (received.notices[0]?.claim ?? null) : null;
      expect(await caller.read(id, { followed: true, existed: true, claim })).toEqual({
        kind: 'status',
        status,
        details: { signers: [{ status }] },
      });
      expect(listener.deliveries).toHaveLength(before + 1);
    },
  );

  test('one that was made elsewhere gets the page that its signer can open', async () => {
    const { id } = control.seed();
    const read = await caller.read(id, { followed: true });
    const page = `${baseUrl}/openDocument/${id}`;
    expect(read).toEqual({ kind: 'status', status: 'sent', details: { page } });
    expect((await fetch(page, { redirect: 'manual' })).status).toBe(302);
  });

  test('its end by time looks like a deletion, and no callback tells', async () => {
    const wish = target({ days_valid: 1 });
    await creator.create(wish);
    const before = listener.deliveries.length;
    control.act(idOf(wish), 'expire');
    const gone = await until(() => caller.read(idOf(wish), { existed: true }), 'proof');
    expect(gone).toMatchObject({ kind: 'proof', status: 'deleted' });
    expect(await creator.find(wish)).toEqual({ kind: 'absent' });
    expect(listener.deliveries).toHaveLength(before);
  });
});
