/** Reads a JSON body: bounded before it is parsed, and refused with the name of every field that is wrong. */
import type * as z from 'zod/mini';
import { fieldErrors } from './field-errors.ts';
import { invalidField, Problem } from './problem.ts';

export const bodyLimitBytes = 64 * 1024;
/** JSON.stringify is recursive: what nests deeper could be read but not written again. */
const depthLimit = 32;

interface Incoming {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/**
 * @param missing what an empty body stands for; without it, a body is required.
 * @throws Problem `body-too-large`, `unsupported-media-type` or `invalid-request`.
 */
export const readBody = <T>(incoming: Incoming, schema: z.ZodMiniType<T>, missing?: object): T =>
  readFieldsOf(readJson(incoming, missing), schema);

/**
 * @param value a body that has been parsed by whatever its form is
 * @throws Problem `invalid-request`
 */
export const readFieldsOf = <T>(value: unknown, schema: z.ZodMiniType<T>): T => {
  checkPlain(value);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Problem('invalid-request', { errors: fieldErrors(parsed.error.issues, value) });
};

const readJson = ({ body, headers }: Incoming, missing: object | undefined): unknown => {
  if (body.byteLength > bodyLimitBytes) throw new Problem('body-too-large');
  if (body.byteLength === 0 && missing !== undefined) return missing;
  if (body.byteLength > 0 && isForm(headers['content-type'])) throw new Problem('unsupported-media-type');
  return parseJson(body);
};

const checkPlain = (value: unknown): void => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidField('body', 'must be a JSON object');
  }
  if (!isPlain(value, depthLimit)) {
    throw invalidField('body', `must not nest deeper than ${depthLimit} levels nor hold broken Unicode`);
  }
};

/** Clients forget the header or send `text/plain`; only a body that is surely not JSON is refused for it. */
const isForm = (contentType: string | undefined): boolean =>
  /^\s*(multipart\/|application\/x-www-form-urlencoded)/i.test(contentType ?? '');

const parseJson = (body: Buffer): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw invalidField('body', 'must be JSON in UTF-8');
  }
};

const isPlain = (value: unknown, depth: number): boolean => {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return (
    depth > 0 &&
    Object.entries(value).every(([key, member]) => key.isWellFormed() && isPlain(member, depth - 1))
  );
};
