import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ironclad } from '../../../shared/providers/ironclad/provider.ts';
import type { ProviderRequest } from '../../../shared/providers/provider.ts';
import { answer, id } from './answers.ts';
import { baseUrl, problem, workflow } from './ironclad-requests.ts';
import { attemptedAt, earlier, ours, targetOf } from './workflow-wishes.ts';

const options = { external_id_attribute: 'caseId' };
const connection = { baseUrl, credentials: { access_token: 'token-1' }, options, accessToken: null };
const { find } = ironclad;
if (find === undefined) throw new Error('Ironclad can be searched');

const first = find.request(targetOf(), attemptedAt, connection);
if (first === null) throw new Error('the option is set');

const look = (body: object | string | null, over: object = {}, request: ProviderRequest = first) =>
  find.classify(answer(200, body), targetOf(over), attemptedAt, request);
const listed = (over: object, caseId: unknown = 'another') =>
  workflow({
    status: 'active',
    isCancelled: false,
    created: earlier(60_000),
    attributes: { caseId },
    ...over,
  });
const page = (list: readonly unknown[], count?: number) => ({ page: 0, pageSize: 100, count, list });
const others = (count: number) =>
  Array.from({ length: count }, (_, at) => listed({ id: `68f${String(at).padStart(21, '0')}` }));

describe('what is asked', () => {
  test('all workflows of the template, whatever their status', () => {
    const url = new URL(first.url);
    expect(`${url.origin}${url.pathname}`).toBe(`${baseUrl}/workflows`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      status: 'active,paused,completed,cancelled',
      template: 'nda-1',
      page: '0',
      pageSize: '100',
    });
    expect(first).toMatchObject({ method: 'GET', headers: { authorization: 'Bearer token-1' } });
  });
  test('nothing, where no attribute holds an id: a person decides', () => {
    expect(find.request(targetOf(), attemptedAt, { ...connection, options: {} })).toBeNull();
  });
});

describe('with our id', () => {
  test.each([
    ['active', 'sent'],
    ['completed', 'signed'],
    ['cancelled', 'cancelled'],
    ['invented', 'unknown'],
  ])('a workflow that is %s is found', (status, meaning) => {
    expect(look(page([...others(3), listed({ status }, ours)]))).toEqual({
      kind: 'found',
      providerRequestId: id,
      status: meaning,
      details: { name: 'NDA with Northwind' },
    });
  });
  test('whatever time it says, since clocks differ', () => {
    for (const created of [earlier(86_400_000), undefined, 'yesterday']) {
      expect(look(page([listed({ created }, ours)]))).toMatchObject({ kind: 'found' });
    }
  });
  test('twice, or without an id that is one, a person decides', () => {
    const second = listed({ id: '68f0000000000000000000ff' }, ours);
    expect(look(page([listed({}, ours), second]))).toEqual({
      kind: 'ambiguous',
      detail: `Workflows with the same external id: ${id}, 68f0000000000000000000ff.`,
    });
    expect(look(page([listed({ id: 'IC-41' }, ours)]))).toMatchObject({ kind: 'ambiguous' });
  });
  test('almost is not it', () => {
    for (const caseId of [`${ours} `, ours.toUpperCase(), ours.slice(0, -1)]) {
      expect(look(page([listed({}, caseId)]))).toEqual({ kind: 'absent' });
    }
  });
});

describe('with an external id of the client’s', () => {
  const over = { external_id: 'case-1' };
  test('one made since then may be ours or not: a person decides', () => {
    expect(look(page([listed({}, 'case-1')]), over)).toEqual({
      kind: 'ambiguous',
      detail: `Workflows with the same external id: ${id}.`,
    });
    for (const created of [undefined, 'yesterday', earlier(120_000 + 59_000)]) {
      expect(look(page([listed({ created }, 'case-1')]), over)).toMatchObject({ kind: 'ambiguous' });
    }
  });
  test('one made before, by more than a minute, is another', () => {
    expect(look(page([listed({ created: earlier(120_000 + 61_000) }, 'case-1')]), over)).toEqual({
      kind: 'absent',
    });
  });
  test('no detail repeats the external id', () => {
    expect(JSON.stringify(look(page([listed({}, 'case-1')]), over))).not.toContain('case-1');
  });
});

describe('page by page', () => {
  const followed = (list: readonly unknown[], count?: number, request?: ProviderRequest): ProviderRequest => {
    const next = look(page(list, count), {}, request);
    if (next.kind !== 'follow') throw new Error(`it is ${next.kind}`);
    return next.request;
  };
  const numbers = ({ url }: ProviderRequest) => {
    const { searchParams } = new URL(url);
    return [searchParams.get('page'), searchParams.get('pageSize')];
  };

  test('a full page, or a count beyond it, leads to the next', () => {
    expect(numbers(followed(others(100)))).toEqual(['1', '100']);
    const second = followed(others(40), 140);
    expect(numbers(second)).toEqual(['1', '100']);
    expect(look(page([listed({}, ours)], 140), {}, second)).toMatchObject({ kind: 'found' });
  });
  test('after the last, the first once more: what was changed meanwhile may have moved there', () => {
    const last = followed(others(40), 140, followed(others(100), 140));
    expect(numbers(last)).toEqual(['0', '100']);
    expect(look(page(others(100), 140), {}, last)).toEqual({ kind: 'absent' });
    expect(look(page([...others(99), listed({}, ours)], 140), {}, last)).toMatchObject({ kind: 'found' });
  });
  test('a single page is all', () => {
    expect(look(page(others(99), 99))).toEqual({ kind: 'absent' });
    expect(look({ list: [] })).toEqual({ kind: 'absent' });
  });
  test('an answer that is too long is asked for in smaller parts, from the first, down to one workflow', () => {
    const sizes = (request: ProviderRequest): readonly unknown[] => {
      const smaller = look(null, {}, request);
      return smaller.kind === 'follow'
        ? [numbers(smaller.request), ...sizes(smaller.request)]
        : [smaller.kind];
    };
    const second = followed(others(100));
    expect(sizes(second)).toEqual([[null, '20'], [null, '4'], [null, '1'], 'unclear']);
    const smaller = look(null, {}, second);
    if (smaller.kind !== 'follow') throw new Error(smaller.kind);
    expect(numbers(followed(others(20), undefined, smaller.request))).toEqual(['1', '20']);
    expect(look(page([listed({}, ours)]), {}, smaller.request)).toMatchObject({ kind: 'found' });
  });
  test('the first once more, if too long now, is not the whole list in smaller parts', () => {
    const last = followed(others(40), 140, followed(others(100), 140));
    const smaller = look(null, {}, last);
    if (smaller.kind !== 'follow') throw new Error(smaller.kind);
    expect(numbers(followed(others(20), 140, smaller.request))).toEqual(['1', '20']);
  });
});

describe('what cannot be told', () => {
  test.each([
    ['lacks the attribute', { attributes: {} }],
    ['has null there', { attributes: { caseId: null } }],
    ['has a number there', { attributes: { caseId: 7 } }],
    ['has a list there', { attributes: { caseId: [ours] } }],
  ])('a recent one that %s may be it, and is named', (_, over) => {
    for (const wanted of [{}, { external_id: 'case-1' }]) {
      expect(look(page([listed({}), listed(over)]), wanted)).toEqual({
        kind: 'ambiguous',
        detail: `A workflow made since then shows no external id: ${id}.`,
      });
      const old = listed({ ...over, created: earlier(86_400_000) });
      expect(look(page([old]), wanted)).toEqual({ kind: 'absent' });
    }
    expect(look(page([listed(over), listed({ id: '68f0000000000000000000ff' }, ours)]))).toMatchObject({
      kind: 'found',
    });
  });
  test('the pages after it are looked at all the same, and it is not forgotten on them', () => {
    const next = look(page([...others(99), listed({}, null)], 140));
    if (next.kind !== 'follow') throw new Error(next.kind);
    expect(look(page([listed({}, ours)], 140), {}, next.request)).toMatchObject({ kind: 'found' });
    const again = look(page(others(40), 140), {}, next.request);
    if (again.kind !== 'follow') throw new Error(again.kind);
    expect(look(page(others(100), 140), {}, again.request)).toMatchObject({
      kind: 'ambiguous',
      detail: expect.stringContaining(id),
    });
  });
  test('a recent one without attributes may be it', () => {
    for (const attributes of [undefined, null, 'x']) {
      expect(look(page([listed({ attributes })]))).toMatchObject({ kind: 'ambiguous' });
      expect(look(page([listed({ attributes, created: earlier(86_400_000) })]))).toEqual({ kind: 'absent' });
    }
    expect(look(page(['x']))).toMatchObject({ kind: 'ambiguous' });
  });
  test.each(['', '<html></html>', '[]', '{}', '{"list":{}}'])('the body %j is no list', (body) => {
    expect(look(body)).toMatchObject({ kind: 'unclear', error: { type: 'unexpected-answer' } });
  });
  test.each([
    [400, 'unclear'],
    [401, 'refused'],
    [403, 'refused'],
    [404, 'unclear'],
    [429, 'try_again'],
    [500, 'try_again'],
  ])('%i: %s', (status, kind) => {
    const said = answer(status, problem('FORBIDDEN'));
    expect(find.classify(said, targetOf(), attemptedAt, first)).toMatchObject({ kind });
  });
  test('whatever it is, nothing is thrown, and absent is said of a list alone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, body) => {
        const { kind } = find.classify(answer(status, body), targetOf(), attemptedAt, first);
        expect(['found', 'absent']).not.toContain(kind);
      }),
    );
  });
});
