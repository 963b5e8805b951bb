/** Every alarm has its page in the runbook, every page its alarm, and each says what whoever is called needs. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { decide } from '../../shared/domain/decide.ts';
import { cancellationErrorTypes } from '../../shared/domain/signature-request.ts';
import { at, policy, queued, start, time } from '../unit/domain/examples.ts';
import { synthesize } from './synthesize.ts';

const { ofType } = synthesize();
const root = new URL('../../', import.meta.url);
const runbook = await readFile(new URL('docs/runbook.md', root), 'utf8');

/** By heading. */
const pages = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map((page): [string, string] => [page.slice(0, page.indexOf('\n')), page.slice(page.indexOf('\n'))]),
);
/** Where each alarm sends its reader. */
const sentTo = ofType('AWS::CloudWatch::Alarm').map(([id, { AlarmDescription }]) => {
  const [, page] = /\. See docs\/runbook\.md#([a-z-]+)$/.exec(String(AlarmDescription)) ?? [];
  return { id, page };
});

test.each(sentTo)('the alarm $id names a page that there is: $page', ({ page }) => {
  expect([...pages.keys()]).toContain(page);
});

describe.each([...pages])('the page %s', (name, text) => {
  test('belongs to an alarm', () => {
    expect(sentTo.map(({ page }) => page)).toContain(name);
  });

  test('says what it means, what to look at and what mends it, in this order and in so many words', () => {
    const parts = ['Means', 'Look', 'Mend'].map((part) => text.indexOf(`\n\n**${part}.** `));
    expect(parts.toSorted((a, b) => a - b)).toEqual(parts);
    const [means = -1, look = -1, mend = -1] = parts;
    for (const part of [text.slice(means, look), text.slice(look, mend), text.slice(mend)]) {
      expect(part.length).toBeGreaterThan(60);
    }
  });

  test('has a command', () => {
    expect(text.slice(text.indexOf('**Mend.**'))).toMatch(/\n```sh\n(npm|npx|aws|curl|git) /);
  });
});

test('what the runbook links to is there', async () => {
  const links = [...runbook.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
  for (const link of links.filter((each) => each.startsWith('#')))
    expect([...pages.keys()]).toContain(link.slice(1));
  for (const link of links.filter((each) => !each.startsWith('#'))) {
    expect(await readFile(new URL(`docs/${link}`, root), 'utf8')).toBeTruthy();
  }
});

test('every npm command of the runbook is one of the project', async () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(await readFile(new URL('package.json', root), 'utf8')));
  const named = [...runbook.matchAll(/npm run ([a-z-]+)/g)].map(([, name = '']) => name);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  expect(named).toContain('redrive');
});

test('the errors that `npm run failed` is shown with are ones that cancellations are given up with', async () => {
  // Whatever stood in the way until the deadline.
  const types = cancellationErrorTypes.map((type) => {
    const answer = { kind: 'try_again', error: { type, detail: '' }, pausesAccount: false } as const;
    const open = decide(queued, { type: 'cancel_answered', wish: start, answer }, at(100)).request;
    const event = { type: 'status_read', answer, right: 'claim', begunAt: time(policy.deadlineMs) } as const;
    const { cancellation } = decide(open, event, at(policy.deadlineMs + 100)).request;
    return cancellation?.state === 'failed' ? cancellation.error.type : null;
  });
  const operations = await readFile(new URL('docs/operations.md', root), 'utf8');
  const shown = [...(runbook + operations).matchAll(/npm run failed .* --type ([a-z-]+)/g)];
  expect(shown.length).toBeGreaterThan(2);
  for (const [, type] of shown) expect(types).toContain(type);
});
