/** A client app that repeats every call until it is answered, as the documentation tells it to, and counts what it met. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import {
  account,
  type HistoryEntryView,
  historyPage,
  type SignatureRequestView,
  signatureRequest,
  signatureRequestPage,
} from '../../shared/http/contract/responses.ts';

export interface PatientClient {
  /** @returns the webhook URL */
  putAccount(accountId: string, body: object): Promise<string>;
  /** `POST /v1/cancellations`, again and again until it is accepted, or refused for what the request is by then. */
  cancel(accountId: string, providerRequestId: string, reason: string): Promise<Accepted>;
  /** Takes one over that is not to be cancelled. @returns its id */
  importRequest(accountId: string, providerRequestId: string): Promise<string>;
  /** Null when there is none. */
  get(id: string): Promise<SignatureRequestView | null>;
  history(id: string): Promise<readonly HistoryEntryView[]>;
  /** Every request of the tenant. */
  list(): Promise<readonly SignatureRequestView[]>;
  /** How often each status was met; `0`: no answer. */
  readonly met: ReadonlyMap<number, number>;
}

export interface Accepted {
  readonly id: string;
  readonly status: number;
  /** When the answer was there. */
  readonly at: number;
  /** Calls that it took. */
  readonly calls: number;
}

const patienceMs = 600_000;
const answerMs = 20_000;
/** Full jitter, doubling: hundreds of clients that knock at once would keep a stack from starting. */
const pauseMs = { first: 400, longest: 6_000 } as const;

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A conflict names the request that it is about. */
const conflict = z.object({ signature_request: z.object({ id: z.string() }) });

/** @param secrets grows while accounts are made; an answer that repeats one is an error */
export const patientClient = (url: string, key: string, secrets: ReadonlySet<string>): PatientClient => {
  const met = new Map<number, number>();

  const once = async (method: string, path: string, body?: object): Promise<Answer> => {
    try {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: body === undefined ? null : JSON.stringify(body),
        signal: AbortSignal.timeout(answerMs),
      });
      return { status: response.status, text: await response.text() };
    } catch {
      return { status: 0, text: '' };
    }
  };

  /** @returns the first answer that is neither missing nor a server's failure */
  const ask = async (method: string, path: string, body?: object): Promise<Answer & { calls: number }> => {
    const end = Date.now() + patienceMs;
    for (let calls = 1; ; calls += 1) {
      const answer = await once(method, path, body);
      met.set(answer.status, (met.get(answer.status) ?? 0) + 1);
      for (const secret of secrets)
        if (answer.text.includes(secret)) throw new Error(`${method} ${path}: the answer repeats a secret`);
      // 408: the gateway gave up waiting for a request that came too slowly on a busy machine.
      if (![0, 408].includes(answer.status) && answer.status < 500) return { ...answer, calls };
      if (Date.now() > end) {
        const { status, text } = answer;
        throw new Error(
          `${method} ${path} ${JSON.stringify(body)}: ${calls} calls, the last answered ${status} ${text}`,
        );
      }
      await sleep(Math.random() * Math.min(pauseMs.longest, pauseMs.first * 2 ** calls));
    }
  };

  const wanted = <T>(schema: z.ZodMiniType<T>, { status, text }: Answer, ...statuses: number[]): T => {
    if (!statuses.includes(status)) throw new Error(`answered ${status} ${text}`);
    return schema.parse(JSON.parse(text));
  };

  return {
    met,
    async putAccount(accountId, body) {
      const answer = await ask('PUT', `/v1/accounts/${accountId}`, body);
      return wanted(account, answer, 200, 201).webhook_url;
    },
    async cancel(account_id, provider_request_id, reason) {
      const answer = await ask('POST', '/v1/cancellations', { account_id, provider_request_id, reason });
      const { status, calls } = answer;
      const id =
        status === 409
          ? conflict.parse(JSON.parse(answer.text)).signature_request.id
          : wanted(signatureRequest, answer, 200, 202).id;
      return { id, status, calls, at: Date.now() };
    },
    async importRequest(account_id, provider_request_id) {
      const body = { account_id, provider_request_id };
      return wanted(signatureRequest, await ask('POST', '/v1/signature_requests/import', body), 200, 201, 202)
        .id;
    },
    async get(id) {
      const answer = await ask('GET', `/v1/signature_requests/${id}`);
      return answer.status === 404 ? null : wanted(signatureRequest, answer, 200);
    },
    async history(id) {
      return wanted(historyPage, await ask('GET', `/v1/signature_requests/${id}/history`), 200).items;
    },
    async list() {
      const all: SignatureRequestView[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const more: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page = wanted(
          signatureRequestPage,
          await ask('GET', `/v1/signature_requests?limit=100${more}`),
          200,
        );
        all.push(...page.items);
        cursor = page.next_cursor;
      }
      return all;
    },
  };
};
