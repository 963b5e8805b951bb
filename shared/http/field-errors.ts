/**
 * zod's issues as field errors, in words of our own: zod/mini carries none, and what a client sent must never
 * be repeated to it, since any field may hold a credential.
 */
import type * as z from 'zod/mini';
import type { FieldError } from './problem.ts';

type Issue = z.core.$ZodIssue;

/** @param value what was parsed; tells a missing field from a wrong one. */
export const fieldErrors = (issues: readonly Issue[], value: unknown, whole = 'body'): FieldError[] =>
  issues.flatMap((issue) => describe(issue, value, whole));

const describe = (issue: Issue, value: unknown, whole: string): FieldError[] => {
  const path = issue.path.map(String);
  const one = (message: string): FieldError[] => [{ field: path.join('.') || whole, message }];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: [...path, key].join('.'), message: 'is not a known field' }));
  }
  if (valueAt(value, path) === undefined) return one('is required');
  switch (issue.code) {
    case 'invalid_type':
      return one(`must be ${article(issue.expected)}`);
    case 'invalid_value':
      return one(`must be ${oneOf(issue.values)}`);
    case 'invalid_format':
      return one(
        issue.pattern === undefined ? `must be a valid ${issue.format}` : `must match ${issue.pattern}`,
      );
    case 'too_small':
      return one(
        `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unit(issue.origin)}`,
      );
    case 'too_big':
      return one(
        `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unit(issue.origin)}`,
      );
    case 'invalid_union':
      return describeUnion(issue, value, whole);
    case 'custom':
      return one(issue.message === 'Invalid input' ? 'is not valid' : issue.message);
    default:
      return one('is not valid');
  }
};

/** Of several forms, the one that the value is closest to. */
const describeUnion = (issue: z.core.$ZodIssueInvalidUnion, value: unknown, whole: string): FieldError[] => {
  const [first, ...others] = issue.errors;
  if (first === undefined) {
    const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
    return [{ field: issue.path.map(String).join('.') || whole, message: `must be ${oneOf(options)}` }];
  }
  const closest = others.reduce((best, form) => (form.length < best.length ? form : best), first);
  return closest.flatMap((inner) =>
    describe({ ...inner, path: [...issue.path, ...inner.path] }, value, whole),
  );
};

const oneOf = (values: readonly unknown[]): string =>
  values.length === 1 ? String(values[0]) : `one of ${values.map(String).join(', ')}`;

const article = (type: string): string => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);

const unit = (origin: string): string => (origin === 'string' ? ' characters long' : '');

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? Object.getOwnPropertyDescriptor(at, key)?.value : undefined,
    value,
  );
