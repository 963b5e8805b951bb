/** A client app under load: accounts, wishes, and what became of them. */
import * as z from 'zod/mini';
import {
  historyPage,
  type SignatureRequestView,
  signatureRequestPage,
} from '../../../shared/http/contract/responses.ts';
import type { ProviderName } from '../../../shared/providers/registry.ts';
import type { Ended } from '../../chaos/verdict.ts';
import type { Simulators } from '../../simulators/server.ts';
import { openAccounts } from '../accounts.ts';
import type { StackProcess } from './stack-process.ts';

export interface LoadClient {
  readonly stack: StackProcess;
  readonly simulators: Simulators;
  /** @returns the names of the accounts */
  openAccounts(provider: ProviderName, count: number, prefix: string): Promise<readonly string[]>;
  /** Seeds a request at the provider and asks for its cancellation. @throws Error unless it is accepted */
  cancel(provider: ProviderName, accountId: string): Promise<Wish>;
  list(): Promise<readonly SignatureRequestView[]>;
  /** With its history, to be held against the provider's record. */
  ended(wish: Wish, view: SignatureRequestView): Promise<Ended>;
}

export interface Wish {
  readonly id: string;
  readonly provider: ProviderName;
  readonly providerRequestId: string;
}

/** The tenant whose key the local stack seeds. */
export const tenant = 'demo';

const accepted = z.object({ id: z.string() });

export const openClient = ({
  stack,
  simulators,
  apiKey,
}: {
  readonly stack: StackProcess;
  readonly simulators: Simulators;
  readonly apiKey: string;
}): LoadClient => {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(`${stack.url}${path}`, { headers });
    if (response.status !== 200) throw new Error(`GET ${path} was answered ${response.status}`);
    return response.json();
  };
  return {
    stack,
    simulators,
    openAccounts: (provider, count, prefix) =>
      openAccounts({ url: stack.url, simulators }, headers, provider, prefix, count),
    async cancel(provider, account_id) {
      const { id: providerRequestId } = simulators.control[provider].seed();
      const response = await fetch(`${stack.url}/v1/cancellations`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ account_id, provider_request_id: providerRequestId, reason: 'Superseded' }),
      });
      const text = await response.text();
      if (response.status !== 202) throw new Error(`cancelling was answered ${response.status}: ${text}`);
      return { id: accepted.parse(JSON.parse(text)).id, provider, providerRequestId };
    },
    async list() {
      const all: SignatureRequestView[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page = signatureRequestPage.parse(await get(`/v1/signature_requests?limit=100${from}`));
        all.push(...page.items);
        cursor = page.next_cursor;
      }
      return all;
    },
    async ended({ provider, providerRequestId }, view) {
      const { items } = historyPage.parse(await get(`/v1/signature_requests/${view.id}/history`));
      return { provider, providerRequestId, view, history: items };
    },
  };
};
