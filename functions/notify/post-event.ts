/** One attempt: signs an event and sends it to its endpoint. */
import { Webhook } from 'standardwebhooks';
import type { Instant } from '../../shared/domain/ids.ts';
import type { GuardedOutcome } from '../../shared/net/guarded-call.ts';
import { type Attempt, type Delivery, eventIdOf } from '../../shared/notify/delivery.ts';
import type { Endpoint, EndpointFormat } from '../../shared/notify/endpoint.ts';
import { attemptMs } from '../../shared/notify/schedule.ts';
import { retryAfter } from '../../shared/providers/retry-after.ts';
import { traceHeaders } from '../../shared/trace/outgoing.ts';
import {
  type CallbackPorts,
  callbackOf,
  isAcknowledgement,
  longestAcknowledgement,
} from './dropbox-sign-callback.ts';
import type { NotifyPorts } from './ports.ts';

export interface Posted {
  readonly attempt: Attempt;
  /** When the receiver wants to be called again, where it said so. */
  readonly retryAfter: Instant | null;
}

export const isSuccess = ({ status, error }: Pick<Attempt, 'status' | 'error'>): boolean =>
  error === null && Math.floor((status ?? 0) / 100) === 2;

type PostPorts = Pick<NotifyPorts, 'call' | 'signingSecretsOf' | 'policy' | 'now'> & CallbackPorts;

export const postEvent = async (
  ports: PostPorts,
  endpoint: Endpoint,
  delivery: Delivery,
): Promise<Posted> => {
  const { call, signingSecretsOf, policy, now } = ports;
  const at = now();
  const secrets = await signingSecretsOf(endpoint);
  const [newest] = secrets;
  if (newest === undefined) {
    return { attempt: { at, status: null, error: 'secret-missing', ms: 0 }, retryAfter: null };
  }
  const form = forms[endpoint.format];
  const content = await form.contentOf(ports, delivery, [newest, ...secrets.slice(1)], at);
  const started = performance.now();
  const outcome = await call(
    {
      method: 'POST',
      url: endpoint.url,
      headers: { ...content.headers, ...traceHeaders() },
      body: content.body,
    },
    { timeoutMs: attemptMs, mostBytes: form.mostBytes, allowLoopback: policy.allowLoopback },
  );
  const ms = Math.round(performance.now() - started);
  return { attempt: { at, ms, ...form.resultOf(outcome) }, retryAfter: retryAfterOf(outcome, now()) };
};

interface Content {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Form {
  /** @param secrets the newest first */
  readonly contentOf: (
    ports: CallbackPorts,
    delivery: Delivery,
    secrets: readonly [string, ...string[]],
    at: Instant,
  ) => Content | Promise<Content>;
  /** Of the answer. */
  readonly mostBytes: number | 'head-only';
  readonly resultOf: (outcome: GuardedOutcome) => Result;
}
type Result = Pick<Attempt, 'status' | 'error'>;

/** Signed with every secret that is valid: during a rotation the receiver may have either. */
const signatureHeaders = (delivery: Delivery, secrets: readonly string[], at: Instant) => {
  const id = eventIdOf(delivery);
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, new Date(at), delivery.body));
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1000)),
    'webhook-signature': signatures.join(' '),
  };
};

/** An answer counts by its status: its body is not waited for. */
const resultOf = (outcome: GuardedOutcome): Result => {
  switch (outcome.kind) {
    case 'response':
    case 'too_large':
      return { status: outcome.status, error: null };
    case 'forbidden_address':
      return { status: null, error: 'forbidden-address' };
    case 'not_sent':
      return { status: null, error: outcome.timedOut ? 'timeout' : 'not-connected' };
    case 'no_answer':
      if (outcome.status !== null) return { status: outcome.status, error: null };
      return { status: null, error: outcome.timedOut ? 'timeout' : 'no-answer' };
  }
};

/** A handler of Dropbox Sign's callbacks says in its answer that it has taken one. */
const acknowledgedResultOf = (outcome: GuardedOutcome): Result => {
  const result = resultOf(outcome);
  const isTaken = outcome.kind === 'response' && isAcknowledgement(outcome.body);
  return isSuccess(result) && !isTaken ? { ...result, error: 'not-acknowledged' } : result;
};

const forms: Readonly<Record<EndpointFormat, Form>> = {
  standard: {
    contentOf: (_ports, delivery, secrets, at) => ({
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Rescind-Webhooks',
        ...signatureHeaders(delivery, secrets, at),
      },
      body: delivery.body,
    }),
    mostBytes: 'head-only',
    resultOf,
  },
  'dropbox-sign': {
    contentOf: (ports, delivery, [key]) => callbackOf(ports, delivery, key),
    mostBytes: longestAcknowledgement,
    resultOf: acknowledgedResultOf,
  },
};

const retryAfterOf = (outcome: GuardedOutcome, now: Instant): Instant | null => {
  if (outcome.kind !== 'response' && outcome.kind !== 'too_large') return null;
  const time = retryAfter(outcome.headers['retry-after'], now);
  return time > now ? (time as Instant) : null;
};
