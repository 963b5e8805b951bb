/** Which addresses a URL that a client gave may lead to: public ones, in whatever form they are written. */
import { BlockList, isIP } from 'node:net';

/** IPv4 that is not globally routed unicast (IANA's special-purpose registry, RFC 6890), loopback apart. */
const special = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // shared: carrier-grade NAT
  '169.254.0.0/16', // link-local; cloud metadata is there
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // AMT
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
];
const loopback = '127.0.0.0/8';

/** IPv6 that carries an IPv4 address in its last 32 bits: mapped (RFC 4291) and NAT64 (RFC 6052). It counts as what it carries. */
const mapped = '::ffff:';
const nat64 = '64:ff9b::';

/**
 * Of IPv6, global unicast alone (RFC 4291), and what carries IPv4: private (`fc00::/7`), link-local, multicast, loopback
 * and the obsolete forms of IPv4 lie outside of it.
 */
const considered = ['2000::/3', `${mapped}0.0.0.0/96`, `${nat64}0.0.0.0/96`];
const refused = [
  '2001::/23', // protocol assignments, Teredo among them
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
];

const carrying = (prefix: string, ranges: readonly string[]): readonly string[] =>
  ranges.map((range) => {
    const [address, bits] = range.split('/');
    return `${prefix}${address}/${96 + Number(bits)}`;
  });

const listOf = (...ranges: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
};

const own = listOf(loopback, '::1/128', ...carrying(mapped, [loopback]));
const allowed = listOf('0.0.0.0/0', ...considered);
const forbidden = listOf(
  ...special,
  ...carrying(mapped, special),
  ...carrying(nat64, [...special, loopback]),
  ...refused,
);

/**
 * Anything but public unicast is refused, and tunnels (6to4, Teredo) whole.
 * @param address an IP address, without brackets
 * @param allowLoopback lets 127.0.0.0/8 and ::1 through
 */
export const mayConnectTo = (address: string, allowLoopback: boolean): boolean => {
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (own.check(address, family)) return allowLoopback;
  return allowed.check(address, family) && !forbidden.check(address, family);
};
