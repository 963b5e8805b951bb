/** Reads a query string by a schema; a parameter that is unknown, repeated or malformed is refused by its name. */
import type * as z from 'zod/mini';
import { fieldErrors } from './field-errors.ts';
import { invalidField, Problem } from './problem.ts';

/** @throws Problem `invalid-request`. */
export const readQuery = <T>(query: URLSearchParams, schema: z.ZodMiniType<T>): T => {
  for (const name of query.keys()) {
    if (query.getAll(name).length > 1) throw invalidField(name, 'must be given once');
  }
  const value = Object.fromEntries(query);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Problem('invalid-request', { errors: fieldErrors(parsed.error.issues, value, 'query') });
};
