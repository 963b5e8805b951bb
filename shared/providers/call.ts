/**
 * Performs one call to a provider: one time-out over all of it, no redirects, no kept connections, a bounded answer.
 * It tells apart what the outcome hangs on: an answer, certainly not sent, or perhaps carried out.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Instant } from '../domain/ids.ts';
import type { ProviderRequest, ProviderResponse } from './provider.ts';

export type CallOutcome =
  | { readonly kind: 'response'; readonly response: ProviderResponse }
  /** The connection was never made: the provider cannot have acted. */
  | { readonly kind: 'not_sent' }
  /** Connected, then no answer: the provider may have acted. */
  | { readonly kind: 'no_answer'; readonly timedOut: boolean };

export type Call = (request: ProviderRequest, timeoutMs: number) => Promise<CallOutcome>;

const longestAnswer = 1024 * 1024;

export const callProvider: Call = (request, timeoutMs) =>
  new Promise((resolve) => {
    const url = new URL(request.url);
    let connected = false;
    let timedOut = false;
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const call = send(url, {
      method: request.method,
      headers: { ...request.headers, 'content-length': Buffer.byteLength(request.body ?? '') },
      // A kept connection that the other side has closed meanwhile looks like an unknown outcome; a new one cannot.
      agent: false,
    });
    const timer = setTimeout(() => {
      timedOut = true;
      call.destroy();
    }, timeoutMs);
    const finish = (outcome: CallOutcome): void => {
      clearTimeout(timer);
      resolve(outcome);
      call.destroy();
    };
    call.once('socket', (socket) => {
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        connected = true;
      });
    });
    call.once('response', (message) => {
      void bodyOf(message).then((body) => finish({ kind: 'response', response: responseOf(message, body) }));
    });
    call.once('error', () => finish(connected ? { kind: 'no_answer', timedOut } : { kind: 'not_sent' }));
    call.once('close', () => finish(connected ? { kind: 'no_answer', timedOut } : { kind: 'not_sent' }));
    call.end(request.body);
  });

const responseOf = (message: IncomingMessage, body: string | null): ProviderResponse => ({
  status: message.statusCode ?? 0,
  headers: Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  ),
  body,
  receivedAt: Date.now() as Instant,
});

/** Null when it is too long, or broke off: the status alone is known then. */
const bodyOf = (message: IncomingMessage): Promise<string | null> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    message.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > longestAnswer) resolve(null);
      else chunks.push(chunk);
    });
    message.once('end', () => resolve(message.complete ? Buffer.concat(chunks).toString('utf8') : null));
    message.once('error', () => resolve(null));
    message.once('close', () => resolve(null));
  });
