/** A simulated Truto and an adapter that calls it, for the tests of one file. */
import { afterAll, beforeAll } from 'vitest';
import { callProvider } from '../../../shared/providers/call.ts';
import type { ProviderRequest, ProviderResponse } from '../../../shared/providers/provider.ts';
import { truto } from '../../../shared/providers/truto/provider.ts';
import type { Change, Control } from '../../simulators/control.ts';
import { type Simulators, startSimulators } from '../../simulators/server.ts';
import { type Caller, callerOf } from './call.ts';

export const credentials = { api_token: 'token-1', integrated_account_id: 'company-1' };

export const open = { kind: 'status', status: 'sent' };
export const proof = { kind: 'proof', status: 'cancelled', requestStatus: 'cancelled' };

export interface Stage {
  readonly baseUrl: string;
  readonly control: Control;
  /** Calls with the credentials above. */
  readonly caller: Caller;
  as(credentials: object): Caller;
  /** A workflow with switches or faults of its own. @returns its id */
  seed(change?: Change, status?: string): string;
  countOf(requestId: string, operation: string): number;
}

/** @returns a function that gives the stage, once the tests run */
export const trutoStage = (): (() => Stage) => {
  let simulators: Simulators;
  beforeAll(async () => {
    simulators = await startSimulators({ port: 0 });
  });
  afterAll(() => simulators.close());
  return () => {
    const control = simulators.control.truto;
    const baseUrl = simulators.baseUrls.TRUTO_BASE_URL;
    const as = (of: object) => callerOf(truto, { baseUrl, credentials: of });
    return {
      baseUrl,
      control,
      caller: as(credentials),
      as,
      seed(change = {}, status = 'active') {
        const { id } = control.seed({ status });
        control.override(id, change);
        return id;
      },
      countOf: (requestId, operation) => control.calls({ requestId, operation }).length,
    };
  };
};

/** @returns the credentials with the secret that verifies the webhook */
export const registerWebhook = async (baseUrl: string, url: string): Promise<object> => {
  const connection = { baseUrl, credentials, options: {}, accessToken: null };
  const set = truto.webhookSetup.classify(await answerTo(truto.webhookSetup.request(connection, url)));
  if (set.kind !== 'registered') throw new Error(set.detail);
  return { ...credentials, ...set.credentials };
};

export const answerTo = async (request: ProviderRequest | null): Promise<ProviderResponse> => {
  const outcome = request && (await callProvider(request, 1_000));
  if (outcome?.kind !== 'response') throw new Error('no answer');
  return outcome.response;
};
