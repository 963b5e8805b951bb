import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { okdokument } from '../../../shared/providers/okdokument/provider.ts';
import type { Control } from '../../simulators/control.ts';
import { type Simulators, startSimulators } from '../../simulators/server.ts';
import { type Caller, callerOf } from './call.ts';
import { describeProvider } from './contract.ts';

const credentials = { api_key: 'a-key' };
const headers = { 'x-api-key': 'a-key', 'content-type': 'application/json' };

describeProvider({
  provider: okdokument,
  simulator: 'okdokument',
  credentials,
  wrongCredentials: { api_key: 'a-key-bad' },
  async registerCallback({ baseUrl, id, url }) {
    const body = JSON.stringify({ signatureRequestId: id, sendInfoURL: url });
    const updated = await fetch(`${baseUrl}/signatureRequest`, { method: 'PATCH', headers, body });
    expect(await updated.json()).toMatchObject({ message: 'msg.updated', result: id });
  },
});

describe('what only OKdokument does', () => {
  let simulators: Simulators;
  let control: Control;
  let caller: Caller;
  beforeAll(async () => {
    simulators = await startSimulators({ port: 0 });
    control = simulators.control.okdokument;
    caller = callerOf(okdokument, { baseUrl: simulators.baseUrls.OKDOKUMENT_BASE_URL, credentials });
  });
  afterAll(() => simulators.close());

  test('a delete confirms at once; of what was deleted before, only if it was seen', async () => {
    const { id } = control.seed();
    expect(await caller.cancel(id)).toEqual({ kind: 'confirmed', status: 'deleted' });
    expect(await caller.cancel(id, { existed: true })).toEqual({ kind: 'confirmed', status: 'deleted' });
    expect(await caller.cancel(id)).toMatchObject({
      kind: 'undecidable',
      error: { type: 'outcome-unknown' },
    });
    expect(await caller.read(id, { sent: 'maybe' })).toMatchObject({ kind: 'undecidable' });
  });

  test.each(['empty', 'html'])('401, 403 and 500 with a body that is %s', async (body) => {
    const { id } = control.seed();
    control.override(id, { faults: [403, 500].map((status) => ({ on: 'cancel', do: 'status', status })) });
    control.set({ error_body: body });
    expect(await caller.cancel(id)).toMatchObject({ kind: 'refused', error: { type: 'forbidden' } });
    expect(await caller.cancel(id)).toMatchObject({ kind: 'try_again' });
  });

  test('a claim that the document does not bear out is refuted', async () => {
    const { id, documentId } = control.seed();
    const claim = { status: 'signed', ref: documentId } as const;
    expect(await caller.read(id, { claim })).toEqual({ kind: 'claim_refuted' });
    expect(await caller.read(id, { claim: { ...claim, ref: randomUUID() } })).toEqual({
      kind: 'claim_refuted',
    });
    control.act(id, 'decline');
    expect(await caller.read(id, { claim })).toEqual({ kind: 'status', status: 'declined' });
  });

  test('a delete that is refused for a signed request does nothing', async () => {
    const { id } = control.seed({ status: 'signed' });
    control.override(id, { delete_of_signed: '400' });
    expect(await caller.cancel(id, { existed: true })).toMatchObject({
      kind: 'unclear',
      mayHaveActed: false,
    });
  });

  test('a request made through its own API lives, and is deleted', async () => {
    const baseUrl = simulators.baseUrls.OKDOKUMENT_BASE_URL;
    const id = randomUUID();
    const body = JSON.stringify({
      signatureRequestId: id,
      filedata: { filename: 'a.pdf', content: 'JVBERi0=' },
    });
    const create = () => fetch(`${baseUrl}/signatureRequest`, { method: 'POST', headers, body });
    expect((await create()).status).toBe(200);
    expect((await create()).status).toBe(409);
    expect(await caller.read(id)).toEqual({ kind: 'status', status: 'sent' });
    expect(await caller.cancel(id)).toEqual({ kind: 'confirmed', status: 'deleted' });
  });
});
