import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ProviderRequestId } from '../../../shared/domain/ids.ts';
import { truto } from '../../../shared/providers/truto/provider.ts';
import { memory } from './call.ts';
import { describeProvider } from './contract.ts';
import {
  answerTo,
  credentials,
  open,
  proof,
  registerWebhook,
  type Stage,
  trutoStage,
} from './truto-stage.ts';

const unknownOutcome = { kind: 'unclear', mayHaveActed: true, error: { type: 'provider-unavailable' } };

describeProvider({
  provider: truto,
  simulator: 'truto',
  credentials,
  credentialsOf: (key) => ({ ...credentials, integrated_account_id: key }),
  wrongCredentials: { ...credentials, api_token: 'token-bad' },
  cancelCanProve: false,
  serverErrors: {
    500: { cancel: unknownOutcome, read: { kind: 'try_again', pausesAccount: false } },
    502: { cancel: unknownOutcome, read: { kind: 'try_again', pausesAccount: false } },
    503: {
      cancel: { kind: 'refused', error: { type: 'account-blocked' }, pausesAccount: true },
      read: { kind: 'refused', error: { type: 'account-blocked' }, pausesAccount: true },
    },
  },
  callbackSaysSigned: false,
  async registerCallback({ baseUrl, id, url }) {
    const body = JSON.stringify({ record_events: 'payload' });
    await fetch(`${baseUrl}/_requests/${id}`, { method: 'PUT', body });
    return registerWebhook(baseUrl, url);
  },
});

describe('what only Truto does', () => {
  const stage = trutoStage();
  let baseUrl: Stage['baseUrl'];
  let control: Stage['control'];
  let caller: Stage['caller'];
  let seed: Stage['seed'];
  let countOf: Stage['countOf'];
  beforeAll(() => {
    ({ baseUrl, control, caller, seed, countOf } = stage());
  });

  describe('a cancel', () => {
    test.each(['bare', 'result', 'empty_result', 'empty_object', 'no_content', 'empty_body'])(
      'answered %s is accepted, once, and the read proves it',
      async (reply) => {
        const id = seed({ reply });
        expect(await caller.cancel(id)).toEqual({ kind: 'accepted' });
        expect(await caller.read(id, { sent: 'yes' })).toEqual(proof);
        expect(countOf(id, 'cancel')).toBe(1);
        expect(control.request(id)?.cancelReason).toBe('Superseded');
      },
    );
    test('that Ironclad forgets is accepted all the same, and the read finds it open', async () => {
      const id = seed({ cancel_outcome: 'silently_kept' });
      expect(await caller.cancel(id)).toEqual({ kind: 'accepted' });
      expect(await caller.read(id, { sent: 'yes' })).toEqual(open);
    });
    test.each(['paused', 'active'])('of a workflow that is %s is done', async (status) => {
      const id = seed({}, status);
      expect(await caller.read(id)).toEqual(open);
      expect(await caller.cancel(id)).toEqual({ kind: 'accepted' });
      expect(await caller.read(id)).toEqual(proof);
    });
    test('would hit a completed workflow, if the account is an administrator’s: hence the look before', async () => {
      const id = seed({ cancel_of_completed: '204' }, 'completed');
      expect(truto.proof.looksFirst).toBe(true);
      expect(await caller.read(id)).toEqual({ kind: 'status', status: 'signed' });
      expect(await caller.cancel(id)).toEqual({ kind: 'accepted' });
      expect(control.request(id)?.status).toBe('cancelled');
    });
    test.each([
      ['400', { kind: 'unclear', mayHaveActed: false, error: { type: 'refused' } }, 'INVALID_STATE'],
      ['401', { kind: 'refused', error: { type: 'unauthorized' }, pausesAccount: true }, 'UNAUTHORIZED'],
      [
        '403',
        { kind: 'refused', error: { type: 'forbidden' } },
        'FORBIDDEN, missing scopes: public.workflows',
      ],
      ['404', { kind: 'unclear', mayHaveActed: false, error: { type: 'not-found' } }, 'NOT_FOUND'],
      ['409', { kind: 'unclear', mayHaveActed: false, error: { type: 'refused' } }, 'CONFLICT'],
      [
        '429',
        { kind: 'try_again', error: { type: 'rate-limited' }, pausesAccount: true },
        'TOO_MANY_REQUESTS',
      ],
      ['500', unknownOutcome, 'SERVER_ERROR'],
      ['503', unknownOutcome, 'BAD_GATEWAY'],
    ])('that Ironclad answers %s is sent once, and keeps Ironclad’s code', async (status, meaning, code) => {
      const id = seed({ ironclad_error: status });
      const answer = await caller.cancel(id);
      expect(answer).toMatchObject(meaning);
      expect('error' in answer && answer.error.detail).toContain(`answered ${status} ${code}`);
      expect(countOf(id, 'cancel')).toBe(1);
      control.act(id, 'reauthorize');
      expect(await caller.read(id)).toEqual(open);
    });
    test('of a cancelled workflow may be a 400: the read proves what is asked for', async () => {
      const id = seed({}, 'cancelled');
      expect(await caller.cancel(id)).toMatchObject({ kind: 'unclear', mayHaveActed: false });
      expect(await caller.read(id)).toEqual(proof);
    });
    test('that is answered 504 after it was done is proven by the read', async () => {
      const id = seed({ faults: [{ on: 'cancel', do: 'status_after', status: 504 }] });
      expect(await caller.cancel(id)).toMatchObject(unknownOutcome);
      expect(await caller.read(id, { sent: 'maybe' })).toEqual(proof);
    });
    test('without a reason is refused by Truto', async () => {
      const id = seed();
      const connection = { baseUrl, credentials, options: {}, accessToken: null };
      const target = { providerRequestId: id as ProviderRequestId, scope: 'workflow' } as const;
      const request = truto.cancel.request(
        { ...target, reason: null, remoteData: null, idempotencyKey: randomUUID() },
        connection,
        memory(),
      );
      expect((await answerTo(request)).status).toBe(400);
      expect(control.request(id)?.status).toBe('active');
    });
  });

  describe('the Idempotency-Key', () => {
    const sendTwice = async (id: string, between: () => void = () => {}) => {
      const url = `${baseUrl}/unified/e-signature/workflows/cancel?integrated_account_id=company-1`;
      const headers = { authorization: 'Bearer token-1', 'idempotency-key': `key-${id}` };
      const init = { method: 'POST', headers, body: JSON.stringify({ id, message: 'twice' }) };
      const first = await fetch(url, init);
      between();
      return [first.status, (await fetch(url, init)).status];
    };
    test('replays a success, and nothing is done again', async () => {
      expect(await sendTwice(seed())).toEqual([200, 200]);
    });
    test('replays a failure, if it is so: so each call of ours has a key of its own', async () => {
      const id = seed({ idempotency: 'replay_failures', ironclad_error: '500' });
      const repaired = () => control.override(id, { ironclad_error: 'none' });
      expect(await sendTwice(id, repaired)).toEqual([500, 500]);
      expect(await caller.cancel(id)).toEqual({ kind: 'accepted' });
    });
    test('may be forgotten: the second cancel meets a cancelled workflow', async () => {
      expect(await sendTwice(seed({ idempotency: 'forget' }))).toEqual([200, 400]);
    });
  });

  describe('a read', () => {
    test.each([
      ['bare', 'status', 1],
      ['result', 'status', 1],
      ['bare', 'is_cancelled_only', 1],
      ['result', 'is_cancelled_only', 1],
    ])('%s, with %s: proven without the proxy', async (read_envelope, remote_status, reads) => {
      const id = seed({ read_envelope, remote_status }, 'cancelled');
      expect(await caller.read(id)).toEqual(proof);
      expect([countOf(id, 'read'), countOf(id, 'proxy')]).toEqual([reads, 0]);
    });
    test.each([
      ['active', open],
      ['paused', open],
      ['completed', { kind: 'status', status: 'signed' }],
      ['cancelled', proof],
    ])('without remote data: the proxy says %s', async (status, meaning) => {
      for (const read_envelope of ['bare', 'result']) {
        const id = seed({ remote_data: 'absent', read_envelope }, status);
        expect(await caller.read(id)).toEqual(meaning);
        expect([countOf(id, 'read'), countOf(id, 'proxy')]).toEqual([1, 1]);
      }
    });
    test('of a workflow that only is not cancelled says nothing: the proxy is asked once, and no more', async () => {
      for (const remote_status of ['is_cancelled_only', 'neither']) {
        const id = seed({ remote_status });
        expect(await caller.read(id)).toMatchObject({
          kind: 'unclear',
          error: { type: 'unexpected-answer' },
        });
        expect([countOf(id, 'read'), countOf(id, 'proxy')]).toEqual([1, 1]);
      }
    });
    test('stays unclear where the proxy is closed, and never becomes "not found"', async () => {
      const id = seed({ remote_data: 'absent', proxy: '404' }, 'completed');
      expect(await caller.read(id)).toMatchObject({ kind: 'unclear' });
    });
    test.each([
      [{ do: 'status', status: 502 }, 'try_again'],
      [{ do: 'hang' }, 'unclear'],
      [{ do: 'html', status: 200 }, 'unclear'],
      [{ do: 'huge' }, 'unclear'],
    ] as const)('of the proxy that fails (%j) is %s', async (fault, kind) => {
      const id = seed({ remote_data: 'absent', faults: [{ on: 'proxy', ...fault }] }, 'cancelled');
      expect((await caller.read(id)).kind).toBe(kind);
      expect(await caller.read(id)).toEqual(proof);
    });
  });
});
