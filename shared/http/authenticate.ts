/** Finds out who calls: by API key, hashed, looked up in the store, remembered for a minute. */
import { hashKey } from '../store/key-hash.ts';
import type { Caller, Request } from './exchange.ts';
import { Problem } from './problem.ts';

/** A revoked key works for at most this long in a function that has seen it. */
const rememberedMs = 60_000;
const rememberedKeys = 1_000;

interface Ports {
  /** The owner of the key with this SHA-256, in hex; null when there is no such key. */
  readonly findKey: (hash: string) => Promise<Caller | null>;
  /** Milliseconds of wall time: a monotonic clock may stand still while a function is frozen. */
  readonly now: () => number;
}

/** @returns a function that throws the problem `unauthenticated` unless the headers carry one valid key. */
export const authenticator = ({ findKey, now }: Ports) => {
  const remembered = new Map<string, { readonly caller: Caller; readonly until: number }>();
  return async function authenticate(headers: Request['headers']): Promise<Caller> {
    const hash = hashKey(keyIn(headers));
    const known = remembered.get(hash);
    if (known !== undefined && now() < known.until) return known.caller;
    remembered.delete(hash);
    const until = now() + rememberedMs;
    const caller = await findKey(hash);
    if (caller === null) throw unauthenticated('The API key is not valid.');
    if (remembered.size >= rememberedKeys) forgetOldest(remembered);
    remembered.set(hash, { caller, until });
    return caller;
  };
};

const keyIn = (headers: Request['headers']): string => {
  const { authorization, 'x-api-key': plain } = headers;
  const bearer =
    authorization === undefined ? undefined : /^bearer +(\S.*)$/i.exec(authorization.trim())?.[1];
  if (authorization !== undefined && bearer === undefined) {
    throw unauthenticated('The Authorization header must be of the form `Bearer KEY`.');
  }
  if (bearer !== undefined && plain !== undefined && bearer !== plain.trim()) {
    throw unauthenticated('The Authorization and x-api-key headers carry different keys.');
  }
  const key = bearer ?? plain?.trim();
  if (key === undefined || key === '') throw unauthenticated('No API key was given.');
  return key;
};

const unauthenticated = (detail: string): Problem => new Problem('unauthenticated', { detail });

const forgetOldest = (remembered: Map<string, unknown>): void => {
  for (const oldest of remembered.keys()) {
    remembered.delete(oldest);
    return;
  }
};
