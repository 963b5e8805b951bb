/** One attempt: signs an event and sends it to its endpoint. */
import { Webhook } from 'standardwebhooks';
import type { Instant } from '../../shared/domain/ids.ts';
import type { GuardedOutcome } from '../../shared/net/guarded-call.ts';
import { type Attempt, type Delivery, eventIdOf } from '../../shared/notify/delivery.ts';
import type { Endpoint } from '../../shared/notify/endpoint.ts';
import { attemptMs } from '../../shared/notify/schedule.ts';
import { retryAfter } from '../../shared/providers/retry-after.ts';
import { traceHeaders } from '../../shared/trace/outgoing.ts';
import type { NotifyPorts } from './ports.ts';

export interface Posted {
  readonly attempt: Attempt;
  /** When the receiver wants to be called again, where it said so. */
  readonly retryAfter: Instant | null;
}

export const isSuccess = ({ status }: Attempt): boolean => Math.floor((status ?? 0) / 100) === 2;

export const postEvent = async (
  { call, signingSecretsOf, policy, now }: Pick<NotifyPorts, 'call' | 'signingSecretsOf' | 'policy' | 'now'>,
  endpoint: Endpoint,
  delivery: Delivery,
): Promise<Posted> => {
  const at = now();
  const secrets = await signingSecretsOf(endpoint);
  if (secrets.length === 0) {
    return { attempt: { at, status: null, error: 'secret-missing', ms: 0 }, retryAfter: null };
  }
  const started = performance.now();
  const outcome = await call(
    {
      method: 'POST',
      url: endpoint.url,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Rescind-Webhooks',
        ...signatureHeaders(delivery, secrets, at),
        ...traceHeaders(),
      },
      body: delivery.body,
    },
    { timeoutMs: attemptMs, mostBytes: 'head-only', allowLoopback: policy.allowLoopback },
  );
  const ms = Math.round(performance.now() - started);
  return { attempt: { at, ms, ...resultOf(outcome) }, retryAfter: retryAfterOf(outcome, now()) };
};

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
const resultOf = (outcome: GuardedOutcome): Pick<Attempt, 'status' | 'error'> => {
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

const retryAfterOf = (outcome: GuardedOutcome, now: Instant): Instant | null => {
  if (outcome.kind !== 'response' && outcome.kind !== 'too_large') return null;
  const time = retryAfter(outcome.headers['retry-after'], now);
  return time > now ? (time as Instant) : null;
};
