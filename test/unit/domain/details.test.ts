/** What is kept of a request's name and signers when a provider tells of them again, in whatever words and order. */
import { describe, expect, test } from 'vitest';
import {
  mergeDetails,
  noDetails,
  type RequestDetails,
  type SeenDetails,
  type SeenSigner,
  signerId,
  signerIdPattern,
} from '../../../shared/domain/details.ts';
import { time } from './examples.ts';

const merge = (...seen: readonly SeenDetails[]): RequestDetails => seen.reduce(mergeDetails, noDetails);
const signers = (...told: readonly (readonly SeenSigner[])[]) =>
  merge(...told.map((each) => ({ signers: each }))).signers;
const awaiting = { status: 'awaiting' } as const;

test('nothing is kept to begin with', () => {
  expect(noDetails).toEqual({
    revision: 0,
    name: null,
    externalId: null,
    page: null,
    preparePage: null,
    signers: [],
  });
});

describe('a request', () => {
  const seen = { name: 'NDA', externalId: 'x-1', page: 'https://p', preparePage: 'https://q' };

  test('keeps what it was told, and counts each change', () => {
    const first = merge(seen);
    expect(first).toEqual({ ...noDetails, ...seen, revision: 1 });
    expect(merge(seen, { name: 'NDA 2' })).toEqual({ ...first, name: 'NDA 2', revision: 2 });
  });

  test('is the very same when nothing is new', () => {
    const known = merge(seen);
    expect(mergeDetails(known, seen)).toBe(known);
    expect(mergeDetails(known, {})).toBe(known);
    expect(mergeDetails(noDetails, {})).toBe(noDetails);
  });

  test('takes the newest page and name, but keeps the first external id: that one is ours', () => {
    const newer = { name: 'N', externalId: 'x-2', page: 'https://r', preparePage: 'https://s' };
    expect(merge(seen, newer)).toMatchObject({ ...newer, externalId: 'x-1' });
  });
});

describe('a signer', () => {
  test('who is new has the next id, and nothing that was not told', () => {
    expect(
      signers([
        { ref: 'a', ...awaiting },
        { ref: 'b', status: 'viewed' },
      ]),
    ).toEqual([
      {
        id: 'sg_1',
        ref: 'a',
        name: null,
        email: null,
        role: 'signer',
        order: null,
        status: 'awaiting',
        viewedAt: null,
        decidedAt: null,
        declineReason: null,
        page: null,
        linkSecret: null,
      },
      expect.objectContaining({ id: 'sg_2', ref: 'b', status: 'viewed' }),
    ]);
  });

  test('keeps what is not told again, and takes what is', () => {
    const all = {
      ref: 'a',
      name: 'Ann',
      email: 'ann@example.com',
      role: 'approver',
      order: 1,
      status: 'awaiting',
      page: 'https://one',
    } as const;
    expect(signers([all], [{ ref: 'a', ...awaiting }])).toEqual(signers([all]));
    const again = { ...all, name: 'Ann B.', email: 'b@example.com', order: 2, page: 'https://two' };
    expect(signers([all], [{ ...again, role: 'signer' }])).toMatchObject([{ ...again, role: 'signer' }]);
  });

  test('whose first times and reason are known keeps them: a repeated answer dates nothing anew', () => {
    const first = { status: 'declined', viewedAt: time(1), decidedAt: time(2), declineReason: 'No' } as const;
    const later = { status: 'declined', viewedAt: time(5), decidedAt: time(6), declineReason: 'Hm' } as const;
    expect(signers([first], [later])).toMatchObject([first]);
    expect(signers([awaiting], [first])).toMatchObject([first]);
  });

  test.each([
    ['awaiting', 'viewed', 'viewed'],
    ['viewed', 'awaiting', 'viewed'],
    ['viewed', 'signed', 'signed'],
    ['signed', 'viewed', 'signed'],
    ['signed', 'declined', 'signed'],
    ['declined', 'signed', 'declined'],
    ['awaiting', 'declined', 'declined'],
  ] as const)('who is %s, then told to be %s, is %s', (before, told, after) => {
    expect(signers([{ status: before }], [{ status: told }])).toMatchObject([{ status: after }]);
  });

  test('who is no longer told stays', () => {
    expect(
      signers(
        [
          { ref: 'a', ...awaiting },
          { ref: 'b', ...awaiting },
        ],
        [{ ref: 'b', ...awaiting }],
      ),
    ).toHaveLength(2);
    expect(signers([awaiting], [])).toHaveLength(1);
  });
});

describe('who is who', () => {
  const refs = (...told: readonly (readonly SeenSigner[])[]) => signers(...told).map(({ ref }) => ref);
  const signed = { status: 'signed' } as const;
  const statuses = (...told: readonly (readonly SeenSigner[])[]) =>
    signers(...told).map(({ status }) => status);

  test('is told by the provider’s name for them, in whatever order', () => {
    const both = [
      { ref: 'a', ...awaiting },
      { ref: 'b', ...awaiting },
    ];
    expect(statuses(both, [{ ref: 'b', ...signed }])).toEqual(['awaiting', 'signed']);
    // An address may change, and belong to somebody else by then.
    const moved = [{ ref: 'b', email: 'x@example.com', ...signed }];
    expect(
      statuses(
        [
          { ref: 'a', email: 'x@example.com', ...awaiting },
          { ref: 'b', ...awaiting },
        ],
        moved,
      ),
    ).toEqual(['awaiting', 'signed']);
  });

  test('is told by the address, in capitals or not, where there is no such name', () => {
    const both = [
      { email: 'ann@example.com', ...awaiting },
      { email: 'Bob@Example.com', ...awaiting },
    ];
    expect(statuses(both, [{ email: 'bob@example.COM', ...signed }])).toEqual(['awaiting', 'signed']);
    expect(statuses(both, [{ email: 'eve@example.com', ...signed }])).toEqual([
      'awaiting',
      'awaiting',
      'signed',
    ]);
  });

  test('is told by address and role: one person may have two parts', () => {
    const parts = [
      { email: 'ann@example.com', role: 'approver', ...awaiting },
      { email: 'ann@example.com', role: 'signer', ...awaiting },
    ] as const;
    expect(statuses(parts, [{ email: 'ann@example.com', role: 'signer', ...signed }])).toEqual([
      'awaiting',
      'signed',
    ]);
    expect(statuses(parts, [{ email: 'ann@example.com', ...signed }])).toEqual(['signed', 'awaiting']);
  });

  test('of two with one address each is matched once', () => {
    const twice = [
      { email: 'ann@example.com', ...awaiting },
      { email: 'ann@example.com', ...signed },
    ];
    expect(statuses(twice, twice)).toEqual(['awaiting', 'signed']);
  });

  test('is told by the address also of one whose name the provider told before', () => {
    const named = [{ ref: 'a', email: 'ann@example.com', ...awaiting }];
    expect(statuses(named, [{ email: 'ann@example.com', ...signed }])).toEqual(['signed']);
  });

  test('a name that is told later goes to the one with that address who has none', () => {
    const known = [{ email: 'ann@example.com', ...awaiting }];
    expect(refs(known, [{ ref: 'a', email: 'ann@example.com', ...awaiting }])).toEqual(['a']);
    const another = [{ ref: 'b', email: 'ann@example.com', ...awaiting }];
    expect(refs(known, [{ ref: 'a', email: 'ann@example.com', ...awaiting }], another)).toEqual(['a', 'b']);
  });

  test('an address that is told later goes to one who was asked for without any', () => {
    const asked = [
      { role: 'approver', ...awaiting },
      { role: 'signer', ...awaiting },
    ] as const;
    const told = [{ email: 'ann@example.com', role: 'signer', ...awaiting }] as const;
    expect(signers(asked, told).map(({ email }) => email)).toEqual([null, 'ann@example.com']);
    // Whoever has a name of the provider’s already is somebody else, and so is whoever has an address.
    const named = [{ ref: 'a', ...awaiting }];
    expect(signers(named, [{ email: 'ann@example.com', ...awaiting }])).toHaveLength(2);
    const addressed = [{ email: 'bob@example.com', ...awaiting }];
    expect(signers(addressed, [{ email: 'ann@example.com', ...awaiting }])).toHaveLength(2);
  });

  test('a name without an address goes to one of whom neither is known', () => {
    expect(refs([awaiting], [{ ref: 'a', ...awaiting }])).toEqual(['a']);
    expect(refs([{ email: 'ann@example.com', ...awaiting }], [{ ref: 'a', ...awaiting }])).toEqual([
      null,
      'a',
    ]);
    expect(refs([{ ref: 'b', ...awaiting }], [{ ref: 'a', ...awaiting }])).toEqual(['b', 'a']);
  });

  test('is told by the position where the provider tells neither', () => {
    expect(statuses([awaiting, awaiting], [awaiting, signed])).toEqual(['awaiting', 'signed']);
    expect(statuses([awaiting], [awaiting, signed])).toEqual(['awaiting', 'signed']);
    // The place of one that was matched by its name is taken.
    expect(statuses([awaiting, { ref: 'a', ...awaiting }], [{ ref: 'a', ...awaiting }, signed])).toEqual([
      'awaiting',
      'awaiting',
      'signed',
    ]);
  });
});

test('signers are kept as long as their text fits one item, and then stay as they were', () => {
  const room = 100_000 - JSON.stringify(signers([{ name: '', ...awaiting }])).length;
  const named = (length: number) => ({ name: 'x'.repeat(length), ...awaiting });
  expect(signers([named(room)])[0]?.name).toHaveLength(room);
  expect(signers([named(room + 1)])).toEqual([]);
  const known = merge({ signers: [named(1)] });
  expect(mergeDetails(known, { signers: [named(room + 1)] })).toBe(known);
  // The rest of the answer is kept all the same.
  const crowd = Array.from({ length: 1_000 }, () => named(1));
  expect(mergeDetails(known, { name: 'NDA', signers: crowd })).toEqual({
    ...known,
    name: 'NDA',
    revision: 2,
  });
});

test('the id of a signer counts from one, to three digits', () => {
  expect(signerId(0)).toBe('sg_1');
  expect(signerId(998)).toBe('sg_999');
  for (const id of ['sg_1', 'sg_10', 'sg_999']) expect(signerIdPattern.test(id)).toBe(true);
  for (const id of ['sg_0', 'sg_', 'sg_1000', 'sg_1x', 'xsg_1', 'sg_01'])
    expect(signerIdPattern.test(id)).toBe(false);
});
