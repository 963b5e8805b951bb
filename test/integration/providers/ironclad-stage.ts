/** A simulated Ironclad and adapters that call it, for the tests of one file. */
import { afterAll, beforeAll } from 'vitest';
import type { Scope } from '../../../shared/domain/signature-request.ts';
import { callProvider } from '../../../shared/providers/call.ts';
import { ironclad } from '../../../shared/providers/ironclad/provider.ts';
import type { ProviderRequest, ProviderResponse } from '../../../shared/providers/provider.ts';
import type { Control } from '../../simulators/control.ts';
import { type Simulators, startSimulators } from '../../simulators/server.ts';
import { type Caller, callerOf } from './call.ts';

/** The simulated Ironclad takes the token of a user, and the id of an app, for the company. */
export const userOf = (company: string) => ({ access_token: company });
export const appOf = (company: string) => ({
  client_id: company,
  client_secret: 'app-secret',
  as_user_email: 'contracts-bot@acme.example',
});

export interface Stage {
  readonly baseUrls: Simulators['baseUrls'];
  readonly control: Control;
  as(credentials: object, scope?: Scope): Caller;
}

/** @returns a function that gives the stage, once the tests run */
export const ironcladStage = (): (() => Stage) => {
  let simulators: Simulators;
  beforeAll(async () => {
    simulators = await startSimulators({ port: 0 });
  });
  afterAll(() => simulators.close());
  return () => {
    const { baseUrls, control } = simulators;
    const as = (credentials: object, scope: Scope = 'workflow'): Caller =>
      callerOf(ironclad, { baseUrl: baseUrls.IRONCLAD_BASE_URL, credentials, scope, environment: baseUrls });
    return { baseUrls, control: control.ironclad, as };
  };
};

export const answered = async (request: ProviderRequest | null): Promise<ProviderResponse> => {
  const outcome = request && (await callProvider(request, 1_000));
  if (outcome?.kind !== 'response') throw new Error('no answer');
  return outcome.response;
};
