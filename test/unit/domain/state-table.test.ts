/** The table in docs/state-machine.md is the code's own: each cell is what `decide` does, rendered. */
import { expect, test } from 'vitest';
import type { CancelAnswer, ReadAnswer } from '../../../shared/domain/answers.ts';
import { decide, type Event } from '../../../shared/domain/decide.ts';
import { requestCancellation, retryCancellation } from '../../../shared/domain/request.ts';
import type { SignatureRequest } from '../../../shared/domain/signature-request.ts';
import type { Context, Decision } from '../../../shared/domain/transition.ts';
import { at, queued, start, time, unknown, wish } from './examples.ts';

const error = { type: 'provider-unavailable', detail: 'The provider answered 503.' } as const;
const missing = { type: 'not-found', detail: 'The provider answered 404.' } as const;
/** Late enough for a further cancel call, before the deadline. */
const now = 3_700_000;

const apply = (request: SignatureRequest, event: Event, context: Context = at(100)): SignatureRequest =>
  decide(request, event, context).request;
const answer = (kind: CancelAnswer): Event => ({ type: 'cancel_answered', wish: start, answer: kind });
const read = (kind: ReadAnswer): Event => ({
  type: 'status_read',
  answer: kind,
  right: 'claim',
  begunAt: time(now),
});
const perhaps: CancelAnswer = { kind: 'unclear', mayHaveActed: true, error };
const proof: Event = {
  type: 'webhook_received',
  notice: { trust: 'proof', claim: { status: 'cancelled', ref: null } },
};
const givenUp: Event = { type: 'given_up', error };

const maybe = apply(queued, answer(perhaps));
const submitted = apply(queued, answer({ kind: 'accepted' }));
const known = { ...unknown, version: 1, status: 'sent' } as const;

const states = {
  'open, no wish': known,
  'ended, no wish': { ...known, status: 'signed' },
  queued,
  'queued, perhaps sent': maybe,
  'queued, proof kept': apply(queued, proof),
  'queued, call claimed': decide(queued, read({ kind: 'status', status: 'sent' }), at(now - 1_000)).request,
  submitted,
  confirmed: apply(submitted, proof),
  rejected: apply(submitted, read({ kind: 'status', status: 'signed' })),
  'failed, never sent': apply(queued, givenUp),
  'failed, sent': apply(submitted, givenUp),
} as const satisfies Record<string, SignatureRequest>;

const late = at(86_400_000 + 200);
type Row = (request: SignatureRequest) => Decision;
const row =
  (event: Event, context: Context = at(now)): Row =>
  (request) =>
    decide(request, event, context);

const events: Readonly<Record<string, Row>> = {
  'client: cancel': (request) => requestCancellation(request, wish, at(now)).decision,
  'client: retry': (request) => retryCancellation(request, at(now)),
  'cancel: accepted': row(answer({ kind: 'accepted' })),
  'cancel: confirmed': row(answer({ kind: 'confirmed', status: 'cancelled' })),
  'cancel: ended otherwise': row(answer({ kind: 'ended', as: 'signed', detail: 'Signed.' })),
  'cancel: refused': row(answer({ kind: 'refused', error, pausesAccount: false })),
  'cancel: try again': row(answer({ kind: 'try_again', error, pausesAccount: false })),
  'cancel: try again, past the deadline': row(
    answer({ kind: 'try_again', error, pausesAccount: false }),
    late,
  ),
  'cancel: unclear, may have acted': row(answer(perhaps)),
  'cancel: 404': row(answer({ kind: 'unclear', mayHaveActed: false, error: missing })),
  'cancel: undecidable': row(answer({ kind: 'undecidable', error })),
  'read: proof': row(read({ kind: 'proof', status: 'deleted', requestStatus: 'cancelled' })),
  'read: open': row(read({ kind: 'status', status: 'viewed' })),
  'read: open, past the deadline': row(read({ kind: 'status', status: 'viewed' }), late),
  'read: ended otherwise': row(read({ kind: 'status', status: 'declined' })),
  'read: 404': row(read({ kind: 'not_found', error: missing })),
  'read: refused': row(read({ kind: 'refused', error, pausesAccount: false })),
  'read: try again': row(read({ kind: 'try_again', error, pausesAccount: false })),
  'read: unclear': row(read({ kind: 'unclear', error })),
  'read: undecidable': row(read({ kind: 'undecidable', error })),
  'read: claim refuted': (request) =>
    decide({ ...request, claim: { status: 'signed', ref: null } }, read({ kind: 'claim_refuted' }), at(now)),
  'webhook: proof of a cancellation': row(proof),
  'webhook: hint': row({ type: 'webhook_received', notice: { trust: 'hint', claim: null } }),
  'account paused': row({ type: 'deferred', until: time(now + 60_000), error, lone: false, permit: false }),
  'given up': row(givenUp),
};

const cell = (before: SignatureRequest, { request, changed, effects }: Decision): string => {
  const state = request.cancellation?.state ?? request.status;
  const was = before.cancellation?.state ?? before.status;
  const claimed =
    (request.cancellation?.attempts ?? 0) > (before.cancellation?.attempts ?? 0) &&
    effects[0]?.type === 'send';
  const will = effects.map((effect) => (effect.type === 'hint' ? `hint ${effect.cause}` : effect.type));
  const result = state === was ? (changed ? '·' : '') : `**${state}**`;
  return [result, ...(changed && claimed ? ['claim'] : []), ...will].filter((part) => part !== '').join(', ');
};

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

test('every pair of state and event is decided as docs/state-machine.md says', async () => {
  const names = Object.keys(states);
  const rows = Object.entries(events).map(([name, decideOn]) =>
    line([name, ...Object.values(states).map((request) => cell(request, decideOn(request)))]),
  );
  const table = [line(['event', ...names]), line(['---', ...names.map(() => '---')]), ...rows].join('\n');
  await expect(`${heading}\n${table}\n`).toMatchFileSnapshot('../../../docs/state-machine.md');
});

const heading = `# The state machine

What \`shared/domain\` does for every pair of state and event, rendered from the code by
\`test/unit/domain/state-table.test.ts\` (\`npx vitest run --project unit -u\` writes it anew). The proof rules are
Dropbox Sign's; the time is past the confirmation window unless the row says otherwise.

A bold word is the new state; \`·\` is a write without a new state; an empty cell is no write at all. Then what follows:
\`claim\` the cancel call is written down before it is made; \`send\` call cancel now; \`look\` read the status now;
\`hint …\` a message for later.
`;
