/** Which dialect a path belongs to, which account it names, and which call of the dialect it is. */
import { accountPrefix, type DialectName, dialectNames, dialects } from '../../shared/http/dialects.ts';
import type { DialectCall } from './dialect.ts';

export interface Place {
  readonly dialect: DialectName;
  /** Of the path's prefix, as it was given; null when it has none. */
  readonly accountId: string | null;
  /** The provider's own path. */
  readonly path: string;
}

const [, prefix = ''] = accountPrefix.split('/');
const prefixed = new RegExp(`^/${prefix}/([^/]+)(/.*)$`);

/**
 * @param rawPath decoded: so the gateway gives it, whatever its name says
 * @returns null when no dialect lies there
 */
export const findPlace = (rawPath: string): Place | null => {
  const [, accountId = null, rest = rawPath] = prefixed.exec(rawPath) ?? [];
  const dialect = dialectNames.find((name) =>
    dialects[name].bases.some((base) => rest === base || rest.startsWith(`${base}/`)),
  );
  return dialect === undefined ? null : { dialect, accountId, path: rest };
};

export interface FoundCall {
  readonly call: DialectCall;
  readonly parameters: Readonly<Record<string, string>>;
}

/** @returns null when there is no such call; a trailing slash makes no difference */
export const findCall = (calls: readonly DialectCall[], method: string, path: string): FoundCall | null => {
  const given = path.replace(/\/$/, '').split('/');
  for (const call of calls) {
    const parameters = call.method === method ? match(call.path.split('/'), given) : null;
    if (parameters !== null) return { call, parameters };
  }
  return null;
};

const match = (
  expected: readonly string[],
  given: readonly string[],
): Readonly<Record<string, string>> | null => {
  if (expected.length !== given.length) return null;
  const parameters: Record<string, string> = {};
  for (const [index, segment] of expected.entries()) {
    const value = given[index] ?? '';
    const [, name] = /^\{(\w+)\}$/.exec(segment) ?? [];
    if (name === undefined ? segment !== value : value === '') return null;
    if (name !== undefined) parameters[name] = value;
  }
  return parameters;
};
