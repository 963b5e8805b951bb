import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Instant, ProviderRequestId } from '../../../shared/domain/ids.ts';
import { callProvider } from '../../../shared/providers/call.ts';
import { dropboxSign } from '../../../shared/providers/dropbox-sign/provider.ts';
import { performRemind } from '../../../shared/providers/exchange.ts';
import type { Control } from '../../simulators/control.ts';
import { type Simulators, startSimulators } from '../../simulators/server.ts';
import { type Caller, callerOf, type Listener, listen, until } from './call.ts';
import { type Creator, creatorOf } from './creating.ts';

const credentials = { api_key: 'a-key' };
const authorization = `Basic ${Buffer.from('a-key:').toString('base64')}`;
const source_files = [{ url: 'https://files.example/nda.pdf' }];
const ann = { email: 'ann@signer.example', name: 'Ann' };
const bo = { email: 'bo@signer.example', name: 'Bo' };

describe('a creation at Dropbox Sign', () => {
  let simulators: Simulators;
  let control: Control;
  let baseUrl: string;
  let caller: Caller;
  let creator: Creator;
  let listener: Listener;
  beforeAll(async () => {
    simulators = await startSimulators({ port: 0 });
    control = simulators.control['dropbox-sign'];
    baseUrl = simulators.baseUrls.DROPBOX_SIGN_BASE_URL;
    caller = callerOf(dropboxSign, { baseUrl, credentials });
    creator = creatorOf(dropboxSign, { baseUrl, credentials });
    listener = await listen('Hello API Event Received');
    const headers = { authorization, 'content-type': 'application/json' };
    const body = JSON.stringify({ callback_url: listener.url });
    expect((await fetch(`${baseUrl}/account`, { method: 'PUT', headers, body })).status).toBe(200);
    control.set({ send_delay_ms: 0, index_delay_ms: 0 });
  });
  afterAll(async () => {
    await listener.close();
    await simulators.close();
  });
  const made = async (body: object = {}): Promise<string> => {
    const answer = await creator.create(creator.target({ signers: [ann], source_files, ...body }));
    if (answer.kind !== 'created') throw new Error(`not created: ${JSON.stringify(answer)}`);
    return answer.providerRequestId;
  };
  const followed = async (id: string) => {
    const read = await caller.read(id, { followed: true });
    return read.kind === 'status' ? { status: read.status, ...read.details } : read;
  };
  /** What the events say that came since, each with the signature that it is about. */
  const told = async (since: number, count: number): Promise<readonly string[]> => {
    await listener.delivery(since + count);
    return listener.deliveries.slice(since).map(({ body }) => {
      const { event_type, event_metadata } = JSON.parse(/\{.*\}/s.exec(body.toString())?.[0] ?? '{}').event;
      return `${event_type} ${event_metadata.related_signature_id !== null}`;
    });
  };

  test('is taken at once and goes out later; until then it cannot be cancelled', async () => {
    control.set({ send_delay_ms: 300, create_warnings: 'some' });
    const since = listener.deliveries.length;
    const target = creator.target({
      name: 'NDA',
      signers: [
        { ...ann, order: 3 },
        { ...bo, order: 9 },
        { email: 'copy@b.example', role: 'final_copy_reader' },
      ],
      source_files,
      days_valid: 1,
      external_id: 'case-1',
      redirect_url: 'https://client.example/done',
    });
    const answer = await creator.create(target);
    control.set({ send_delay_ms: 0, create_warnings: 'none' });
    expect(answer).toMatchObject({
      kind: 'created',
      status: 'created',
      details: {
        name: 'NDA',
        externalId: 'case-1',
        page: expect.stringMatching(/^https:/),
        signers: [
          { email: ann.email, name: 'Ann', order: 0, status: 'awaiting', ref: expect.any(String) },
          { email: bo.email, order: 1, status: 'awaiting' },
        ],
      },
    });
    if (answer.kind !== 'created') return;
    const days = ((answer.details?.expiresAt ?? 0) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThanOrEqual(1);
    expect(days).toBeLessThan(1.1);
    const id = answer.providerRequestId;
    expect(await caller.cancel(id)).toMatchObject({ kind: 'unclear', mayHaveActed: false });
    expect(await told(since, 1)).toEqual(['signature_request_sent false']);
    expect(await caller.cancel(id)).toEqual({ kind: 'accepted' });
  });

  test.each([
    [
      'a field of a signer',
      { signers: [{ ...ann, role: 'signer', password: 'abc' }] },
      'bad_request at signers[0].pin',
    ],
    [
      'an address that is none',
      { signers: [{ ...ann, role: 'signer', email: null }] },
      'invalid_recipient at signers[0].email_address',
    ],
    ['no file', { source_files: [] }, 'bad_request at files'],
    ['an expiry too far off', { days_valid: 91 }, 'bad_request at expires_at'],
  ])('%s that the provider refuses was not made, and is named', async (_, over, said) => {
    const before = control.requests().length;
    const target = creator.target({ signers: [ann], source_files });
    const wanted = { ...target.wanted, ...over } as typeof target.wanted;
    expect(await creator.create({ ...target, wanted })).toEqual({
      kind: 'invalid',
      error: { type: 'refused', detail: `The provider answered 400 ${said}.`, providerStatus: 400 },
    });
    expect(control.requests()).toHaveLength(before);
  });

  test('every expiry that Rescind takes, the provider takes', async () => {
    for (const days_valid of [1, 2, 89, 90]) await made({ days_valid });
  });

  test('a plan that does not pay, and a key that is refused', async () => {
    control.set({ plan: 'free' });
    const target = creator.target({ signers: [ann], source_files });
    expect(await creator.create(target)).toMatchObject({
      kind: 'refused',
      error: { type: 'payment-required' },
    });
    control.set({ plan: 'paid' });
    const stranger = creatorOf(dropboxSign, { baseUrl, credentials: { api_key: 'a-bad' } });
    expect(await stranger.create(target)).toMatchObject({ kind: 'refused', error: { type: 'unauthorized' } });
  });

  test.each([
    ['cut_after', true],
    ['hang_after', true],
    ['status_after', true],
    ['cut_before', false],
    ['hang', false],
    ['status', false],
  ] as const)('after %s only a look can tell: %s', async (fault, isThere) => {
    const target = creator.target({ signers: [ann], source_files });
    control.set({ faults: [{ on: 'create', do: fault }] });
    expect(await creator.create(target)).toMatchObject({ kind: 'unclear', mayHaveActed: true });
    const kind = isThere ? 'found' : 'absent';
    const looked = await until(() => creator.find(target), kind);
    expect(looked.kind).toBe(kind);
    if (looked.kind !== 'found') return;
    expect(control.requests().filter(({ id }) => id === looked.providerRequestId)).toHaveLength(1);
    expect(await followed(looked.providerRequestId)).toMatchObject({ status: 'sent' });
  });

  test('a look before the index knows finds nothing; one that ignores the query takes no other for it', async () => {
    const target = creator.target({ signers: [ann], source_files });
    await made();
    control.set({ index_delay_ms: 60_000 });
    expect((await creator.create(target)).kind).toBe('created');
    expect(await creator.find(target)).toEqual({ kind: 'absent' });
    control.set({ index_delay_ms: 0, search: 'ignored' });
    expect(await creator.find(target)).toMatchObject({ kind: 'found' });
    const never = creator.target({ signers: [ann], source_files });
    expect((await creator.find(never)).kind).toBe('absent');
    control.set({ search: 'matches' });
    expect((await creator.find(never)).kind).toBe('absent');
  });

  test('signers view, sign and decline, one after the other, and events say whose turn it was', async () => {
    const since = listener.deliveries.length;
    const id = await made({
      signers: [
        { ...ann, order: 2 },
        { ...bo, order: 1 },
      ],
    });
    await told(since, 1);
    control.act(id, 'view');
    await told(since, 2);
    expect(await followed(id)).toMatchObject({
      status: 'viewed',
      signers: [
        { email: ann.email, status: 'awaiting' },
        { status: 'viewed', viewedAt: expect.any(Number) },
      ],
    });
    control.act(id, 'sign_one');
    await told(since, 3);
    expect(await followed(id)).toMatchObject({
      status: 'viewed',
      signers: [{ status: 'awaiting' }, { status: 'signed', decidedAt: expect.any(Number) }],
    });
    control.act(id, 'sign_one');
    expect(await told(since, 5)).toEqual([
      'signature_request_sent false',
      'signature_request_viewed true',
      'signature_request_signed true',
      'signature_request_signed true',
      'signature_request_all_signed false',
    ]);
    expect(await followed(id)).toMatchObject({
      status: 'signed',
      signers: [{ status: 'signed' }, { status: 'signed' }],
    });
    const other = await made();
    control.act(other, 'decline');
    expect(await followed(other)).toMatchObject({
      status: 'declined',
      signers: [{ status: 'declined', declineReason: 'Not agreed' }],
    });
  });

  test('a reminder goes to one signer, and not twice within the hour', async () => {
    control.set({ remind_cool_down_ms: 60_000 });
    const id = await made({ signers: [ann, bo, { ...bo, name: 'Bob' }] });
    await until(() => caller.read(id), 'status');
    const { remind } = dropboxSign;
    if (remind === undefined) throw new Error('Dropbox Sign reminds');
    const connection = { baseUrl, credentials, options: {}, accessToken: null };
    const reminded = async (email: string, name: string | null) =>
      performRemind(
        (request) => callProvider(request, 300),
        remind,
        { providerRequestId: id as ProviderRequestId, signer: { ref: null, email, name } },
        connection,
      );
    const since = listener.deliveries.length;
    await until(() => reminded(ann.email, null), 'reminded');
    expect(await reminded(ann.email, 'Ann')).toMatchObject({
      kind: 'refused',
      error: { type: 'refused', detail: 'The provider answered 400 invalid_reminder.' },
    });
    expect(await reminded(bo.email, null)).toMatchObject({ kind: 'refused', error: { providerStatus: 400 } });
    expect(await reminded(bo.email, 'Bob')).toEqual({ kind: 'reminded' });
    expect(await reminded('nobody@signer.example', null)).toMatchObject({ kind: 'refused' });
    expect((await told(since, 2)).filter((event) => event === 'signature_request_remind true')).toHaveLength(
      2,
    );
    control.act(id, 'cancel');
    expect(await reminded(bo.email, 'Bo')).toMatchObject({ kind: 'refused', error: { type: 'not-found' } });
  });

  test('both dialects of forms create the same as JSON', async () => {
    const forms = [
      {
        'signers[0][email_address]': ann.email,
        'signers[0][name]': 'Ann',
        'file_urls[]': 'https://files.example/nda.pdf',
        'metadata[custom_id]': 'c-1',
        test_mode: '1',
      },
      {
        signers: JSON.stringify([{ email_address: ann.email, name: 'Ann' }]),
        file_urls: '["https://files.example/nda.pdf"]',
        metadata: '{"custom_id":"c-1"}',
        test_mode: 'true',
      },
    ];
    for (const fields of forms) {
      const body = new FormData();
      for (const [name, value] of Object.entries(fields)) body.set(name, value);
      const init = { method: 'POST', headers: { authorization }, body };
      const response = await fetch(`${baseUrl}/signature_request/send`, init);
      expect(await response.json()).toMatchObject({
        signature_request: {
          test_mode: true,
          metadata: { custom_id: 'c-1' },
          signatures: [{ signer_email_address: ann.email, signer_name: 'Ann' }],
        },
      });
    }
  });

  test('a request made elsewhere tells the same when it is followed', async () => {
    const { id } = control.seed({ status: 'partially_signed' });
    expect(await followed(id)).toMatchObject({
      status: 'viewed',
      name: 'Contract',
      signers: [{ status: 'signed', decidedAt: 1_760_000_500_000 as Instant }, { status: 'awaiting' }],
    });
  });
});
