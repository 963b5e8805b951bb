/** docs/webhook-events.md against the code: a receiver switches on what stands there. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { attemptErrors, deliveryFailures } from '../../../shared/notify/delivery.ts';
import { dropboxSignEvents } from '../../../shared/notify/dropbox-sign-events.ts';
import { eventTypes } from '../../../shared/notify/event-types.ts';

const text = await readFile(new URL('../../../docs/webhook-events.md', import.meta.url), 'utf8');
/** The first column of the table with this heading. */
const column = (heading: string): readonly string[] => {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
  const rows = lines.slice(start + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith('|')),
    )
    .map((row) => /^\| `([^`]+)` \|/.exec(row)?.[1] ?? row);
};

test('lists every event', () => {
  expect(column('type')).toEqual(eventTypes);
});

test('explains every error of an attempt, and every reason to give up', () => {
  expect(column('error')).toEqual(attemptErrors);
  expect(column('failure')).toEqual(deliveryFailures);
});

test("lists every callback in Dropbox Sign's form", () => {
  const rows = [...text.matchAll(/^\| `([\w.]+)` \| `(\w+)`/gm)].map(([, event, type]) => [event, type]);
  expect(Object.fromEntries(rows)).toEqual(dropboxSignEvents);
  expect(column('event')).toEqual(Object.keys(dropboxSignEvents));
});
