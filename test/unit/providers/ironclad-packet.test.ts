import { describe, expect, test } from 'vitest';
import { ironclad } from '../../../shared/providers/ironclad/provider.ts';
import { answer, memory } from './answers.ts';
import { callsAbout, problem, workflow, workflowUrl } from './ironclad-requests.ts';

const packet = callsAbout('signature_packet');
const cancelled = { kind: 'proof', status: 'cancelled', requestStatus: 'cancelled' };
const taken = { kind: 'proof', status: 'cancelled', requestStatus: 'created' };
const sent = { kind: 'status', status: 'sent' };
const signed = { kind: 'status', status: 'signed' };

describe('the status of a packet', () => {
  const notOut = { kind: 'ended', as: 'not_found', detail: 'No signature packet is out for signature.' };

  test.each([
    ['sent', 'no', sent],
    ['action_required', 'no', sent],
    ['sent', 'yes', sent],
    ['complete', 'no', signed],
    ['complete', 'yes', signed],
    ['not_sent', 'no', notOut],
    ['not_sent', 'maybe', taken],
    ['not_sent', 'yes', taken],
    ['on_hold', 'yes', { kind: 'status', status: 'unknown' }],
  ] as const)('%s, sent %s: %j', (status, known, meaning) => {
    expect(packet.read(answer(200, { signers: [], status }), memory({ sent: known }))).toEqual(meaning);
  });

  test.each([null, '', '{}', '{"status":7}'])('200 with the body %j is unclear', (body) => {
    expect(packet.read(answer(200, body), memory({ sent: 'yes' }))).toMatchObject({ kind: 'unclear' });
  });

  test.each([
    [400, problem('INVALID_STATE', 'Workflow must be on Sign Step.')],
    [403, problem('FORBIDDEN')],
  ])('%i sends on to the workflow, for the same user', (status, body) => {
    const asked = packet.request('read', memory());
    const followed = packet.read(answer(status, body));
    expect(followed).toEqual({ kind: 'follow', request: { ...asked, url: `${workflowUrl}#packet` } });
    expect(new URL(`${workflowUrl}#packet`).pathname).toBe(new URL(workflowUrl).pathname);
  });

  test.each([
    [400, problem('INVALID_PARAM'), 'unclear'],
    [409, problem('INVALID_STATE'), 'unclear'],
    [401, problem('UNAUTHORIZED'), 'refused'],
    [404, problem('NOT_FOUND'), 'not_found'],
    [429, problem('TOO_MANY_REQUESTS'), 'try_again'],
  ])('%i %j does not', (status, body, kind) => {
    expect(packet.read(answer(status, body))).toMatchObject({ kind });
    if (kind === 'not_found') {
      expect(packet.read(answer(status, body))).toHaveProperty('error.type', 'not-found');
    }
  });

  describe('by the workflow', () => {
    const asked = { ...packet.request('read', memory()), url: `${workflowUrl}#packet` };
    const readOn = (body: object, known = memory({ sent: 'yes' }), status = 200) =>
      ironclad.read.classify(answer(status, body), known, asked);
    const active = (state?: string) =>
      workflow({ status: 'active', isCancelled: false, signatures: state && { state } });

    test.each([
      ['cancelled as a whole', workflow(), cancelled],
      ['completed', workflow({ status: 'completed' }), signed],
      ['not known', workflow({ status: 'archived' }), { kind: 'status', status: 'unknown' }],
      ['active, being signed', active('in_progress'), sent],
      ['active, signed by all', active('completed'), signed],
      ['the same, in the other spelling', active('complete'), signed],
      ['active, nothing out', active('not_started'), taken],
      ['paused, nothing out', workflow({ status: 'paused', signatures: { state: 'not_started' } }), taken],
    ])('%s', (_, body, meaning) => {
      expect(readOn(body)).toEqual(meaning);
    });

    test('nothing out, and nothing sent by us: there is nothing to cancel', () => {
      expect(readOn(active('not_started'), memory())).toEqual(notOut);
    });
    test.each([undefined, 'not_applicable', 'paused'])('%s says nothing', (state) => {
      expect(readOn(active(state))).toMatchObject({ kind: 'unclear' });
    });
    test('a workflow without a status says nothing, whatever is out', () => {
      const silent = workflow({ status: null, isCancelled: false, signatures: { state: 'not_started' } });
      expect(readOn(silent)).toMatchObject({ kind: 'unclear' });
    });
    test('it may be out of sight itself', () => {
      expect(readOn(problem('FORBIDDEN'), memory(), 403)).toMatchObject({ kind: 'refused' });
      expect(readOn(problem('NOT_FOUND'), memory(), 404)).toMatchObject({ kind: 'not_found' });
      expect(readOn(problem('INVALID_STATE'), memory(), 400)).toMatchObject({ kind: 'unclear' });
    });
  });
});
