/** What a dialect is: a table of a provider's own calls, each translated to what the API does, and its answer back. It decides nothing. */

import type { AccountId } from '../../shared/domain/ids.ts';
import type { Caller, Request, Response } from '../../shared/http/exchange.ts';
import type { Problem } from '../../shared/http/problem.ts';
import type { Method } from '../../shared/http/routes.ts';
import type { Log } from '../../shared/log.ts';
import type { StoredAccount } from '../../shared/store/accounts.ts';
import type { Requests } from './requests.ts';

export interface Dialect {
  readonly calls: readonly DialectCall[];
  /** The API key where this dialect carries its credentials; null when there is none, or none of that form. */
  readonly keyIn: (headers: Request['headers']) => string | null;
  /** The account, where the call itself names one. */
  readonly accountIn?: (query: URLSearchParams) => AccountId | null;
  /** A problem in this dialect's own words. */
  readonly refuse: (problem: Problem, given: Refused) => Response;
}

/** What a refusal may be told with. */
export interface Refused {
  readonly requestId: string;
  /** Null when no call of the dialect has this method and path. */
  readonly call: DialectCall | null;
  readonly parameters: Readonly<Record<string, string>>;
}

export type DialectCall = OpenCall | KeyedCall;

interface CallPlace {
  readonly method: Method | 'PATCH';
  /** With the dialect's base, as the provider's documents spell it; parameters in braces. */
  readonly path: string;
}

/** For a caller with a key, on one account. */
export interface KeyedCall extends CallPlace {
  readonly answer: (request: DialectRequest) => Promise<Response>;
}

/** Finds out itself who calls, such as a call for a token. */
export interface OpenCall extends CallPlace {
  readonly answerAnyone: (request: AnyonesRequest) => Promise<Response>;
}

export interface AnyonesRequest {
  /** Decoded, not validated. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Request['headers'];
  /** The raw bytes. */
  readonly body: Buffer;
  readonly requestId: string;
  readonly log: Log;
  /** The owner of a key. Throws the problem `unauthenticated`. */
  readonly ownerOf: (key: string) => Promise<Caller>;
}

export interface DialectRequest extends AnyonesRequest {
  readonly caller: Caller;
  readonly account: StoredAccount;
  /** Of the function's time, but for what it takes to answer. */
  readonly remainingMs: () => number;
  /** What can be asked of the API, for this caller on this account. */
  readonly requests: Requests;
}
