/** The addresses that may be connected to, against the ranges of a library that knows nothing of ours. */
import fc from 'fast-check';
import ip from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import { mayConnectTo } from '../../../shared/net/addresses.ts';
import { longTestMs, must } from '../domain/must.ts';

test.each([
  '93.184.215.14',
  '8.8.8.8',
  '172.15.255.255',
  '172.32.0.0',
  '100.63.255.255',
  '192.0.1.0',
  '223.255.255.255',
  '2606:4700::1111',
  '2a00:1450:4001:82a::200e',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
])('%s is public', (address) => {
  expect(mayConnectTo(address, false)).toBe(true);
});

test.each([
  '0.0.0.0',
  '0.1.2.3',
  '10.0.0.1',
  '100.64.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '198.19.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  'fe80::1',
  'fe80::1%lo',
  'fec0::1',
  'fc00::1',
  'fd00:ec2::254',
  'ff02::1',
  '::ffff:10.0.0.1',
  '::ffff:a9fe:a9fe',
  '::ffff:0:10.0.0.1',
  '::10.0.0.1',
  '::127.0.0.1',
  '64:ff9b::169.254.169.254',
  '64:ff9b::127.0.0.1',
  '64:ff9b:1::8.8.8.8',
  '2002:0a00:0001::',
  '2002:7f00:0001::',
  '2002:0808:0808::',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  '2001:db8::1',
  '100::1',
  '4000::1',
  '',
  'example.com',
  '127.1',
  '2130706433',
  '[::1]',
])('%s is never connected to', (address) => {
  expect(mayConnectTo(address, false)).toBe(false);
  expect(mayConnectTo(address, true)).toBe(false);
});

test.each(['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '0:0:0:0:0:0:0:1'])(
  '%s is loopback: only where that is allowed',
  (address) => {
    expect([mayConnectTo(address, false), mayConnectTo(address, true)]).toEqual([false, true]);
  },
);

/** The same by the library's ranges: unicast, in the form of IPv6 that carries it or not. */
const byLibrary = (address: string, allowLoopback: boolean): boolean => {
  const parsed = ip.parse(address);
  const carried = ['::ffff:0:0/96', '64:ff9b::/96'].find(
    (range) => parsed.kind() === 'ipv6' && parsed.match(ip.parseCIDR(range)),
  );
  const target = carried === undefined ? parsed : ip.fromByteArray(parsed.toByteArray().slice(-4));
  if (target.range() === 'loopback' && !carried?.startsWith('64')) return allowLoopback;
  if (target.kind() === 'ipv6' && !target.match(ip.parseCIDR('2000::/3'))) return false;
  return target.range() === 'unicast';
};

describe('agrees with the library on', () => {
  const agree = (address: string) => {
    for (const allowLoopback of [true, false]) {
      const agrees = mayConnectTo(address, allowLoopback) === byLibrary(address, allowLoopback);
      must(agrees, `the library says the same of ${address}, loopback ${allowLoopback}`);
    }
  };

  test('both edges of every /16 of IPv4, and of every /24 within those that hold smaller ranges', {
    timeout: longTestMs,
  }, () => {
    for (let first = 0; first < 256; first += 1) {
      for (let second = 0; second < 256; second += 1) {
        agree(`${first}.${second}.0.0`);
        agree(`${first}.${second}.255.255`);
      }
    }
    for (const start of ['192.0', '192.31', '192.52', '192.88', '192.175', '198.51', '203.0']) {
      for (let third = 0; third < 256; third += 1) {
        agree(`${start}.${third}.0`);
        agree(`${start}.${third}.255`);
      }
    }
  });

  test('any address of IPv6, most of them near a prefix that means something', {
    timeout: longTestMs,
  }, () => {
    const prefixes = ['::', '::ffff:0:0', '::ffff:0:0:0', '64:ff9b::', '64:ff9b:1::', '100::', '2001::'];
    const more = ['2001:db8::', '2002::', '2620:4f:8000::', '3fff::', '5f00::', 'fc00::', 'fe80::', 'ff00::'];
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    const near = fc
      .tuple(fc.constantFrom(...prefixes, ...more), fc.integer({ min: 0, max: 128 }), bytes)
      .map(([prefix, kept, noise]) =>
        ip
          .parse(prefix)
          .toByteArray()
          .map((byte, index) => {
            const bits = Math.min(8, Math.max(0, kept - index * 8));
            const mask = (0xff << (8 - bits)) & 0xff;
            return (byte & mask) | ((noise[index] ?? 0) & ~mask & 0xff);
          }),
      );
    const any = bytes.map((array) => [...array]);
    fc.assert(
      fc.property(fc.oneof(near, any), (array) => agree(ip.fromByteArray(array).toString())),
      { numRuns: 20_000 },
    );
  });
});
