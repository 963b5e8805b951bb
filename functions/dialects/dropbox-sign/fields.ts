/**
 * The fields of a body, in each way that Dropbox Sign's clients send one: JSON; a form whose names have brackets
 * (`signers[0][name]`); and its SDKs' form, where whatever is nested is JSON in one part.
 */
import type * as z from 'zod/mini';
import { bodyLimitBytes, readBody, readFieldsOf } from '../../../shared/http/body.ts';
import { invalidField, Problem } from '../../../shared/http/problem.ts';
import type { DialectRequest } from '../dialect.ts';

/** @throws Problem `body-too-large`, `invalid-request` with the fields as Dropbox Sign names them */
export const readFields = async <T>(
  { body, headers }: Pick<DialectRequest, 'body' | 'headers'>,
  schema: z.ZodMiniType<T>,
): Promise<T> => {
  const type = headers['content-type'] ?? '';
  if (body.byteLength > bodyLimitBytes) throw new Problem('body-too-large');
  if (!isForm.test(type)) return readBody({ body, headers }, schema, {});
  return readFieldsOf(nested(await formFields(body, type)), schema);
};

const isForm = /^\s*(multipart\/form-data|application\/x-www-form-urlencoded)\b/i;

/** The platform's own parser, which only a call that sends a form has to load. */
const formFields = async (body: Buffer, type: string): Promise<readonly Field[]> => {
  const form = await parsedForm(body, type).catch(() => null);
  if (form === null) throw invalidField('body', 'must be a form as its content type says');
  return [...form].map(([name, value]) => {
    if (typeof value !== 'string') throw invalidField(name.replace(/\[.*$/s, ''), bytesAdvice);
    if (value.includes(notUtf8)) throw invalidField(name, 'must be in UTF-8');
    return [name, value];
  });
};

/** What the platform puts in place of whatever it cannot read, in any charset but its own. */
const notUtf8 = '\ufffd';

/** @throws also for a content type that no header can hold, where the gateway has decoded one */
const parsedForm = async (body: Buffer, type: string): Promise<FormData> =>
  new globalThis.Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();

type Field = readonly [name: string, value: string];

export const bytesAdvice = 'is not taken as bytes: send file_urls, from which Dropbox Sign fetches the files';

/** A map, so that no name of a form is one of JavaScript's own. */
type Tree = Map<string, Tree | Leaf>;
interface Leaf {
  readonly value: unknown;
}

const nested = (fields: readonly Field[]): unknown => {
  const root: Tree = new Map();
  for (const [name, value] of fields) {
    const path = pathIn(name);
    const isWhole = path.length === 1 && !isText.has(name);
    put(root, path, { value: isWhole ? fromJson(value) : value }, name);
  }
  return plain(root);
};

/** What is a text at the top of a body; all else there may be JSON. */
const isText: ReadonlySet<string> = new Set([
  'title',
  'subject',
  'message',
  'signing_redirect_url',
  'client_id',
  'email_address',
  'name',
]);

const fromJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

const bracketed = /^([^[\]]+)((?:\[[^[\]]*\]){0,6})$/;

/** `signers[0][name]`; an empty pair of brackets is the next of a list. */
const pathIn = (name: string): readonly string[] => {
  const [, first, brackets = ''] = bracketed.exec(name) ?? [];
  if (first === undefined) throw invalidField('body', 'has a field whose name is malformed');
  return [first, ...[...brackets.matchAll(/\[([^\]]*)\]/g)].map(([, inner = '']) => inner)];
};

const put = (tree: Tree, [first = '', ...rest]: readonly string[], leaf: Leaf, name: string): void => {
  const key = first === '' ? String(tree.size) : first;
  const known = tree.get(key);
  if (rest.length === 0 ? known !== undefined : known !== undefined && !(known instanceof Map)) {
    throw invalidField(name, 'must be given once');
  }
  if (rest.length === 0) {
    tree.set(key, leaf);
    return;
  }
  const inner: Tree = known instanceof Map ? known : new Map();
  tree.set(key, inner);
  put(inner, rest, leaf, name);
};

const plain = (tree: Tree): unknown => {
  const entries = [...tree].map(
    ([key, node]) => [key, node instanceof Map ? plain(node) : node.value] as const,
  );
  const isList = entries.length > 0 && entries.every(([key]) => /^\d{1,4}$/.test(key));
  if (!isList) return Object.fromEntries(entries);
  return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
};
