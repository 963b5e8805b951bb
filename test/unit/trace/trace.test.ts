/** W3C Trace Context as its specification has it: what is not valid begins a trace of our own. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { continuedTrace, newTrace, traceparentOf } from '../../../shared/trace/trace.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const parentId = '00f067aa0ba902b7';
const valid = `00-${traceId}-${parentId}-01`;

describe('a traceparent', () => {
  test('goes on: the same trace, the same flag, and a span of our own', () => {
    const trace = continuedTrace(valid, undefined);
    expect(trace).toMatchObject({ traceId, sampled: true, state: null });
    expect(trace.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(trace.spanId).not.toBe(parentId);
    expect(traceparentOf(trace)).toBe(`00-${traceId}-${trace.spanId}-01`);
    expect(traceparentOf(continuedTrace(`00-${traceId}-${parentId}-00`, undefined))).toMatch(/-00$/);
  });

  test('of a later version goes on as far as it is known, and leaves here as version 00', () => {
    for (const later of [
      `cc-${traceId}-${parentId}-01`,
      `01-${traceId}-${parentId}-01-what-comes-then`,
      `fe-${traceId}-${parentId}-01-`,
    ]) {
      const trace = continuedTrace(later, undefined);
      expect([trace.traceId, trace.sampled]).toEqual([traceId, true]);
      expect(traceparentOf(trace)).toMatch(/^00-.{50}01$/);
    }
  });

  test('has one flag that is known: the others do not leave here', () => {
    expect(traceparentOf(continuedTrace(`00-${traceId}-${parentId}-ff`, undefined))).toMatch(/-01$/);
    expect(traceparentOf(continuedTrace(`00-${traceId}-${parentId}-fe`, undefined))).toMatch(/-00$/);
  });

  test.each([
    ['none', undefined],
    ['an empty one', ''],
    ['version ff', `ff-${traceId}-${parentId}-01`],
    ['a trace of zeros', `00-${'0'.repeat(32)}-${parentId}-01`],
    ['a parent of zeros', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['capitals', valid.toUpperCase()],
    ['letters beyond f', `00-${traceId.replace('4b', 'zb')}-${parentId}-01`],
    ['a version that is no number', `0x-${traceId}-${parentId}-01`],
    ['a short trace', `00-${traceId.slice(1)}-${parentId}-01`],
    ['a long parent', `00-${traceId}-${parentId}0-01`],
    ['one flag digit', `00-${traceId}-${parentId}-1`],
    ['flags that are no number', `00-${traceId}-${parentId}-0x`],
    ['more than version 00 has', `${valid}-more`],
    ['a hyphen too much', `${valid}-`],
    ['more of a later version, not set off', `01-${traceId}-${parentId}-01more`],
    ['spaces', ` ${valid} `],
    ['a line break', `${valid}\n`],
    ['two of them', `${valid},${valid}`],
    ['two of a later version', `cc-${traceId}-${parentId}-01,cc-${traceId}-${parentId}-01`],
    ['underscores', valid.replaceAll('-', '_')],
  ])('that is %s begins a new trace, without the state of the other', (_, given) => {
    const trace = continuedTrace(given, 'vendor=value');
    expect(trace.traceId).not.toBe(traceId);
    expect(trace.state).toBeNull();
    expect(traceparentOf(trace)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  test('whatever is sent, what leaves is valid and has nothing of it but a valid id', () => {
    const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));
    const nearly = fc.tuple(hex(2), hex(32), hex(16), hex(2)).map((parts) => parts.join('-'));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          nearly,
          nearly.map((text) => `${text}-x`),
        ),
        (given) => {
          const leaving = traceparentOf(continuedTrace(given, undefined));
          expect(leaving).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[01]$/);
          expect(continuedTrace(leaving, undefined).traceId).toBe(leaving.slice(3, 35));
        },
      ),
      { numRuns: 2_000, seed: 20_261_121 },
    );
  });
});

test('two traces that begin here are two', () => {
  const ids = Array.from({ length: 100 }, () => newTrace().traceId);
  expect(new Set(ids).size).toBe(100);
});

describe('a tracestate', () => {
  const stateOf = (given: string) => continuedTrace(valid, given).state;

  test.each([
    ['rojo=00f067aa0ba902b7', 'rojo=00f067aa0ba902b7'],
    ['rojo=1,congo=t61rcWkgMzE', 'rojo=1,congo=t61rcWkgMzE'],
    ['rojo=1 ,\t congo=2', 'rojo=1,congo=2'],
    ['rojo=1,,congo=2', 'rojo=1,congo=2'],
    ['fw529a3039@dt=FfAaA4', 'fw529a3039@dt=FfAaA4'],
    ['a-_*/0=!"# $~', 'a-_*/0=!"# $~'],
    ['a=b c', 'a=b c'],
  ])('%j is carried along', (given, carried) => {
    expect(stateOf(given)).toBe(carried);
  });

  test.each([
    '',
    ',,',
    'Rojo=1',
    'rojo',
    '=1',
    'rojo=',
    'rojo=a=b',
    'rojo=1,rojo=2',
    'rojo=ä',
    'rojo=a\u0000',
    '1rojo=1',
    'a@b@c=1',
    `${'k'.repeat(257)}=1`,
    `long=${'v'.repeat(508)}`,
    Array.from({ length: 33 }, (_, index) => `k${index}=1`).join(','),
    'good=1,Bad=1',
  ])('%j is left behind as a whole, and the trace goes on', (given) => {
    expect(stateOf(given)).toBeNull();
    expect(continuedTrace(valid, given).traceId).toBe(traceId);
  });

  test('may have as much as the specification asks for', () => {
    const members = Array.from({ length: 32 }, (_, index) => `k${index}=${'v'.repeat(10)}`).join(',');
    expect(stateOf(members)).toBe(members);
    const long = `k=${'v'.repeat(256)},l=${'v'.repeat(251)}`;
    expect(long).toHaveLength(512);
    expect(stateOf(long)).toBe(long);
  });
});
