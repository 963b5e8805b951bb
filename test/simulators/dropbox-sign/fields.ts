/** The fields of a call as one nested object, whether they came as JSON or in one of the two dialects of forms. */
import type { Call } from '../answer.ts';
import { fieldsOf } from '../answer.ts';

export type Nested = Readonly<Record<string, unknown>>;

/** Undefined: neither JSON nor a form. */
export const nestedFieldsOf = async (call: Call): Promise<Nested | undefined> => {
  const fields = await fieldsOf(call);
  if (fields === undefined || !/form/.test(call.headers['content-type'] ?? '')) return fields;
  const nested: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) put(nested, segmentsOf(name), parsedValue(value));
  return nested;
};

/** `signers[0][email_address]`, `cc_email_addresses[]`: brackets, as by cURL. Of several without a number one is kept. */
const segmentsOf = (name: string): readonly string[] => {
  const [first = '', ...inner] = name.split('[');
  return [first, ...inner.map((part) => (part === ']' ? '0' : part.replace(/\]$/, '')))];
};

/** A nested value in one part as JSON, as by the SDK. Forms know no numbers. */
const parsedValue = (value: unknown): unknown => {
  if (typeof value !== 'string' || !/^([[{"]|\d{1,15}$|true$|false$|null$)/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
};

const put = (into: Record<string, unknown>, [first, ...rest]: readonly string[], value: unknown): void => {
  if (first === undefined) return;
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  const known = into[first];
  const inner: Record<string, unknown> = typeof known === 'object' && known !== null ? { ...known } : {};
  put(inner, rest, value);
  const isList = Object.keys(inner).every((key) => /^\d+$/.test(key));
  into[first] = isList ? Object.values(inner) : inner;
};
