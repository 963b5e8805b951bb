/**
 * A call to a URL that a client gave us: to public addresses only, one time-out over all of it, a bounded answer, no
 * redirects, no kept connections. What is checked is the address that is connected to, never the name: a name may resolve
 * to one address when it is checked and to another when it is used.
 */
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Instant } from '../domain/ids.ts';
import { mayConnectTo } from './addresses.ts';
import { type Resolve, resolveName } from './resolve-name.ts';

export interface GuardedRequest {
  readonly method: 'GET' | 'POST';
  /** http or https. A user name and password in it are not sent. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface GuardedLimits {
  /** From the look-up of the name to the last byte. */
  readonly timeoutMs: number;
  /** Of the answer's body. `head-only`: none is waited for, and the connection ends with the answer's head. */
  readonly mostBytes: number | 'head-only';
  readonly allowLoopback: boolean;
  /** The addresses of a name, in place of a query. */
  readonly resolve?: Resolve;
}

/** Names in lower case; repeated headers are joined by commas. */
type Headers = Readonly<Record<string, string>>;

export type GuardedOutcome =
  | {
      readonly kind: 'response';
      readonly status: number;
      readonly headers: Headers;
      readonly body: Buffer;
      readonly receivedAt: Instant;
    }
  /** Answered, with a longer body than wanted: the rest was not read. */
  | {
      readonly kind: 'too_large';
      readonly status: number;
      readonly headers: Headers;
      readonly receivedAt: Instant;
    }
  /** The URL leads (or also leads) to an address that must not be connected to; nothing was sent. */
  | { readonly kind: 'forbidden_address' }
  /** The connection was never made. */
  | { readonly kind: 'not_sent'; readonly timedOut: boolean }
  /** Connected, then no whole answer. `status`: of an answer that broke off after its head. */
  | { readonly kind: 'no_answer'; readonly timedOut: boolean; readonly status: number | null };

/** Never throws for what the other side does. @throws TypeError for what is no http(s) URL. */
export const guardedCall = async (
  { method, url, headers, body = '' }: GuardedRequest,
  limits: GuardedLimits,
): Promise<GuardedOutcome> => {
  const target = new URL(url);
  if (!/^https?:$/.test(target.protocol)) throw new TypeError('not an http(s) URL');
  const guard = addressGuard(limits);
  const host = target.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0 && !mayConnectTo(host, limits.allowLoopback)) return { kind: 'forbidden_address' };
  const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
  const call = send({
    method,
    host,
    ...(target.port === '' ? {} : { port: target.port }),
    path: target.pathname + target.search,
    headers: { ...headers, ...(method === 'POST' && { 'content-length': Buffer.byteLength(body) }) },
    lookup: guard.lookup,
    agent: false,
  });
  const outcome = outcomeOf(call, target.protocol === 'https:', limits);
  call.end(method === 'POST' ? body : undefined);
  const ended = await outcome;
  return guard.refused() && ended.kind === 'not_sent' ? { kind: 'forbidden_address' } : ended;
};

export type GuardedCall = typeof guardedCall;

/** Node connects to what this look-up tells and to nothing else. It asks it for names only, never for literal addresses. */
const addressGuard = ({ allowLoopback, resolve = resolveName }: GuardedLimits) => {
  let refused = false;
  const lookup: LookupFunction = (name, { all, family }, tell) => {
    resolve(name).then(
      (addresses) => {
        refused = addresses.some((address) => !mayConnectTo(address, allowLoopback));
        const usable = addresses
          .map((address) => ({ address, family: isIP(address) }))
          .filter((entry) => family === undefined || family === 0 || entry.family === family);
        const [first] = usable;
        if (refused || first === undefined) return tell(new Error('no usable address'), []);
        if (all === true) tell(null, usable);
        else tell(null, first.address, first.family);
      },
      () => tell(new Error('the name does not resolve'), []),
    );
  };
  return { lookup, refused: () => refused };
};

/** Interim answers (1xx) begin no answer: whoever sends more of them keeps us busy. */
const mostInterim = 10;

const outcomeOf = (
  call: ClientRequest,
  isTls: boolean,
  { timeoutMs, mostBytes }: GuardedLimits,
): Promise<GuardedOutcome> =>
  new Promise((resolve) => {
    let connected = false;
    let timedOut = false;
    let status: number | null = null;
    const timer = setTimeout(() => {
      timedOut = true;
      call.destroy();
    }, timeoutMs);
    const finish = (outcome: GuardedOutcome): void => {
      clearTimeout(timer);
      resolve(outcome);
      call.destroy();
    };
    const broken = (): void =>
      finish(connected ? { kind: 'no_answer', timedOut, status } : { kind: 'not_sent', timedOut });
    call.once('socket', (socket) => {
      socket.once(isTls ? 'secureConnect' : 'connect', () => {
        connected = true;
      });
    });
    let interim = 0;
    call.on('information', () => {
      interim += 1;
      if (interim > mostInterim) broken();
    });
    call.once('response', (message) => {
      const head = { status: message.statusCode ?? 0, headers: headersOf(message), receivedAt: now() };
      status = head.status;
      if (mostBytes === 'head-only') return finish({ kind: 'response', ...head, body: Buffer.alloc(0) });
      void bodyOf(message, mostBytes).then((body) => {
        if (body === 'broken') broken();
        else finish(body === 'too_large' ? { kind: body, ...head } : { kind: 'response', ...head, body });
      });
    });
    call.once('error', broken);
    call.once('close', broken);
  });

const bodyOf = (message: IncomingMessage, mostBytes: number): Promise<Buffer | 'too_large' | 'broken'> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    message.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > mostBytes) resolve('too_large');
      else chunks.push(chunk);
    });
    message.once('end', () => resolve(message.complete ? Buffer.concat(chunks) : 'broken'));
    message.once('error', () => resolve('broken'));
    message.once('close', () => resolve('broken'));
  });

const headersOf = ({ headers }: IncomingMessage): Headers =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );

const now = () => Date.now() as Instant;
