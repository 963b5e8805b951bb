/** What a forger, or a broken proxy, does to a signed delivery: one to three changes at a time. */
import type { Random } from './random.ts';
import type { Delivery } from './signed-deliveries.ts';

interface Material {
  readonly random: Random;
  /** The same delivery under another account's secret. */
  readonly forged: Delivery;
  /** A genuine one about another request. */
  readonly other: Delivery;
}

type Mutation = (delivery: Delivery, material: Material) => Delivery;

const withBody = (delivery: Delivery, body: Buffer | string): Delivery => ({
  ...delivery,
  body: Buffer.isBuffer(body) ? body : Buffer.from(body),
});
const withHeader = (delivery: Delivery, name: string, value: string): Delivery => ({
  ...delivery,
  headers: { ...delivery.headers, [name]: value },
});
const withoutHeader = ({ body, headers }: Delivery, name: string): Delivery => ({
  body,
  headers: Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name)),
});
const someHeader = ({ headers }: Delivery, random: Random): readonly [string, string] =>
  random.pick([...Object.entries(headers), ['content-type', headers['content-type'] ?? '']] as const);
const edges = (body: Buffer): readonly [Buffer, Buffer, Buffer] => {
  const text = body.toString('latin1');
  const [from, to] = [Math.max(0, text.indexOf('{')), text.lastIndexOf('}') + 1];
  return [body.subarray(0, from), body.subarray(from, to), body.subarray(to)];
};
/** Changes the JSON, within the form if there is one. */
const json =
  (change: (text: string, random: Random) => string): Mutation =>
  (delivery, { random }) => {
    const [head, inner, tail] = edges(delivery.body);
    return withBody(
      delivery,
      Buffer.concat([head, Buffer.from(change(inner.toString('utf8'), random)), tail]),
    );
  };
const parsed =
  (
    change: (value: Record<string, unknown>, random: Random) => string,
  ): ((text: string, random: Random) => string) =>
  (text, random) => {
    try {
      return change(JSON.parse(text), random);
    } catch {
      return text;
    }
  };

export const mutations: Readonly<Record<string, Mutation>> = {
  nothing: (delivery) => delivery,
  'bits of the body': (delivery, { random }) => {
    const body = Buffer.from(delivery.body);
    for (let flips = 1 + random.below(3); flips > 0 && body.length > 0; flips -= 1) {
      const at = random.below(body.length);
      body[at] = (body[at] ?? 0) ^ (1 << random.below(8));
    }
    return withBody(delivery, body);
  },
  'a cut at the end': (delivery, { random }) =>
    withBody(delivery, delivery.body.subarray(0, random.below(delivery.body.length + 1))),
  'a cut at the beginning': (delivery, { random }) =>
    withBody(delivery, delivery.body.subarray(random.below(delivery.body.length + 1))),
  'bytes in between': (delivery, { random }) => {
    const at = random.below(delivery.body.length + 1);
    const more = random.bytes(1 + random.below(8));
    return withBody(
      delivery,
      Buffer.concat([delivery.body.subarray(0, at), more, delivery.body.subarray(at)]),
    );
  },
  'bytes that are no UTF-8': (delivery, { random }) => {
    const at = random.below(delivery.body.length + 1);
    const more = random.pick([
      [0xff],
      [0xc0, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf5, 0x80, 0x80, 0x80],
      [0xe2, 0x82],
    ]);
    return withBody(
      delivery,
      Buffer.concat([delivery.body.subarray(0, at), Buffer.from(more), delivery.body.subarray(at)]),
    );
  },
  'no body': (delivery) => withBody(delivery, ''),
  'a body twice': (delivery) => withBody(delivery, Buffer.concat([delivery.body, delivery.body])),
  'a mark before the body': (delivery) =>
    withBody(delivery, Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), delivery.body])),
  'white space around the body': (delivery, { random }) =>
    withBody(
      delivery,
      Buffer.concat([Buffer.from(random.pick([' ', '\n', '\t'])), delivery.body, Buffer.from('\r\n')]),
    ),
  'another encoding': (delivery, { random }) =>
    withBody(delivery, Buffer.from(delivery.body.toString('utf8'), random.pick(['utf16le', 'latin1']))),
  'another secret': (_delivery, { forged }) => forged,
  'another secret’s headers': (delivery, { forged }) => ({ ...delivery, headers: forged.headers }),
  'a replay with another body': (delivery, { other }) => withBody(delivery, other.body),
  'another request': (delivery, { random }) => {
    const text = delivery.body.toString('latin1');
    return withBody(
      delivery,
      Buffer.from(text.replace(/request-own/, `request-${random.below(3)}`), 'latin1'),
    );
  },
  'a bit of a header': (delivery, { random }) => {
    const [name, value] = someHeader(delivery, random);
    const bytes = Buffer.from(value, 'latin1');
    if (bytes.length === 0) return delivery;
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(7));
    return withHeader(delivery, name, bytes.toString('latin1'));
  },
  'a header that is cut off': (delivery, { random }) => {
    const [name, value] = someHeader(delivery, random);
    return withHeader(delivery, name, value.slice(0, random.below(value.length + 1)));
  },
  'a header that is not there': (delivery, { random }) =>
    withoutHeader(delivery, someHeader(delivery, random)[0]),
  'a header that is empty': (delivery, { random }) =>
    withHeader(delivery, someHeader(delivery, random)[0], ''),
  'two headers swapped': (delivery, { random }) => {
    const [[one, first], [two, second]] = [someHeader(delivery, random), someHeader(delivery, random)];
    return withHeader(withHeader(delivery, one, second), two, first);
  },
  // As the gateway hands on what came twice.
  'a header twice': (delivery, { random, forged }) => {
    const [name, value] = someHeader(delivery, random);
    const again = random.pick([value, forged.headers[name] ?? '', '']);
    return withHeader(delivery, name, random.pick([`${value},${again}`, `${again},${value}`]));
  },
  'a header in other letters': (delivery, { random }) => {
    const [name, value] = someHeader(delivery, random);
    return withHeader(delivery, name, random.pick([value.toUpperCase(), value.toLowerCase()]));
  },
  'a header with space around it': (delivery, { random }) => {
    const [name, value] = someHeader(delivery, random);
    return withHeader(delivery, name, random.pick([` ${value}`, `${value} `, `\t${value}`]));
  },
  'another content type': (delivery, { random }) =>
    withHeader(
      delivery,
      'content-type',
      random.pick([
        '',
        'application/json',
        'application/json; charset=utf-16',
        'application/x-www-form-urlencoded',
        'multipart/form-data',
        'multipart/form-data; boundary=',
        `multipart/form-data; boundary="${'b'.repeat(71)}"`,
        'multipart/mixed; boundary=x',
        'text/plain',
      ]),
    ),
  'another boundary': (delivery, { random }) => {
    const boundary = random.pick(['x', '"x"', '--', '-'.repeat(70), '{', '\\', '.*']);
    return withHeader(delivery, 'content-type', `multipart/form-data; boundary=${boundary}`);
  },
  'another part before': (delivery, { random }) => {
    const [, boundary = 'x'] = /boundary=(\S+)/.exec(delivery.headers['content-type'] ?? '') ?? [];
    const name = random.pick(['json', 'other', 'js"on', '', 'JSON']);
    const value = random.pick(['{}', '{"event":null}', '', '{"event":{"event_type":"x"}}', '\0']);
    const part = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    return withBody(delivery, Buffer.concat([Buffer.from(part), delivery.body]));
  },
  'lines that end otherwise': (delivery) =>
    withBody(delivery, Buffer.from(delivery.body.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')),
  'the JSON alone': (delivery) => withBody(delivery, edges(delivery.body)[1]),
  'the JSON with white space': json(parsed((value) => JSON.stringify(value, null, 2))),
  'the JSON in another order': json(
    parsed((value) => JSON.stringify(Object.fromEntries(Object.entries(value).reverse()))),
  ),
  'the JSON with other escapes': json((text, random) => {
    const at = random.below(text.length);
    const letter = text[at] ?? '';
    if (!/[a-z]/i.test(letter)) return text.replaceAll('/', '\\/');
    const escaped = `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
    return text.slice(0, at) + escaped + text.slice(at + 1);
  }),
  'a key twice': json((text, random) => {
    const keys = ['"event":', ...(text.match(/"\w+":/g) ?? [])];
    const key = random.pick(keys);
    const value = random.pick(['null', '{}', '"x"', '1e999', '[]']);
    return random.pick([`{${key}${value},${text.slice(1)}`, `${text.slice(0, -1)},${key}${value}}`]);
  }),
  'a key that objects have': json((text, random) => {
    const key = random.pick(['__proto__', 'constructor', 'toString', 'prototype']);
    return `{"${key}":{"event":{},"payload":{"id":"request-own"}},${text.slice(1)}`;
  }),
  'a field of another type': json((text, random) => {
    const found = [...text.matchAll(/:("[^"]*"|null|\d+)/g)];
    if (found.length === 0) return text;
    const field = random.pick(found);
    const value = random.pick([
      'null',
      '[]',
      '{}',
      '0',
      '-1',
      '1e999',
      'true',
      '"\\ud800"',
      '"\\u0000"',
      '"../.."',
    ]);
    return `${text.slice(0, field.index)}:${value}${text.slice(field.index + field[0].length)}`;
  }),
  'nesting beyond reason': json((text, random) => {
    const levels = 100 + random.below(2_000);
    return `{"deep":${'['.repeat(levels)}${']'.repeat(random.pick([levels, 0]))},${text.slice(1)}`;
  }),
  'a value beyond reason': json(
    (text, random) => `{"long":"${'x'.repeat(random.below(20_000))}",${text.slice(1)}`,
  ),
};

const names = Object.keys(mutations);

export interface Mutated {
  readonly kinds: readonly string[];
  readonly delivery: Delivery;
}

export const mutate = (delivery: Delivery, material: Material): Mutated => {
  const { random } = material;
  const kinds = Array.from({ length: random.pick([1, 1, 1, 2, 2, 3]) }, () => random.pick(names));
  return {
    kinds,
    delivery: kinds.reduce((changed, kind) => mutations[kind]?.(changed, material) ?? changed, delivery),
  };
};
