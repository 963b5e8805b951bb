/** Forms that no honest client sends: each is refused by the name of what is wrong, and none is a fault of ours. */
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { readFields } from '../../../functions/dialects/dropbox-sign/fields.ts';

const schema = z.strictObject({ title: z.optional(z.string()), metadata: z.optional(z.unknown()) });
const urlEncoded = 'application/x-www-form-urlencoded';

const read = (body: string | Buffer, type: string) =>
  readFields({ body: Buffer.from(body), headers: { 'content-type': type } }, schema);

const refusalOf = (field: string) => ({ type: 'invalid-request', options: { errors: [{ field }] } });

test('JSON in a field may nest as deep as a JSON body may', async () => {
  const nested = (depth: number) => `metadata=${'['.repeat(depth)}${']'.repeat(depth)}`;
  expect(await read(nested(31), urlEncoded)).toHaveProperty('metadata');
  for (const depth of [32, 5_000, 30_000]) {
    await expect(read(nested(depth), urlEncoded)).rejects.toMatchObject(refusalOf('body'));
  }
});

test('a content type that no header can hold is refused like any other that fits no form', async () => {
  const types = [`${urlEncoded}; charset=\u20ac`, 'multipart/form-data; boundary=\u20ac'];
  for (const type of types) {
    await expect(read('title=NDA', type)).rejects.toMatchObject(refusalOf('body'));
  }
});

test('a text that is not UTF-8 is refused by its name: nobody is sent one with its letters replaced', async () => {
  const boundary = '------------------------0123456789abcdef';
  const part = 'Content-Disposition: form-data; name="title"\r\n\r\nJos\xe9';
  const multipart = Buffer.from(`--${boundary}\r\n${part}\r\n--${boundary}--\r\n`, 'latin1');
  const forms = [
    ['title=Jos%E9', urlEncoded],
    [Buffer.from('title=Jos\xe9', 'latin1'), `${urlEncoded}; charset=iso-8859-1`],
    [multipart, `multipart/form-data; boundary=${boundary}`],
  ] as const;
  for (const [body, type] of forms) {
    await expect(read(body, type)).rejects.toMatchObject(refusalOf('title'));
  }
  expect(await read('title=Jos%C3%A9', urlEncoded)).toEqual({ title: 'Jos\u00e9' });
});
