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
const listed = (over: object, caseId: string | null = null) =>
  workflow({
    status: 'active',
    isCancelled: false,
    created: earlier(60_000),
    attributes: caseId === null ? {} : { caseId },
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
  test('an answer that is too long is asked for in smaller parts, once', () => {
    const smaller = look(null);
    expect(smaller.kind === 'follow' && numbers(smaller.request)).toEqual(['0', '20']);
    if (smaller.kind === 'follow') {
      expect(look(null, {}, smaller.request)).toMatchObject({ kind: 'unclear' });
      expect(numbers(followed(others(20), undefined, smaller.request))).toEqual(['1', '20']);
    }
  });
});

describe('what cannot be told', () => {
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
