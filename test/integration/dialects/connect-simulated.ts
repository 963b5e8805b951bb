/** An account at any simulated provider, under a name of the test's choice. */

import { simulatedAccounts } from '../../../infra/local/simulated-accounts.ts';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import type { ProviderName } from '../../../shared/providers/registry.ts';
import type { Control } from '../../simulators/control.ts';
import type { Rescind } from '../end-to-end/rescind.ts';

export interface SimulatedConnection {
  readonly accountId: string;
  readonly control: Control;
  /** A request that is open there. @returns its id there */
  seed(): string;
  /** How often it was really cancelled, or tried to be. */
  cancelCalls(providerRequestId: string): number;
  /** `POST /v1/cancellations`, the API's own call. */
  cancel(providerRequestId: string, wish?: object): Promise<SignatureRequestView>;
}

export const connectSimulated = async (
  { client, stack }: Rescind,
  provider: ProviderName,
  accountId: string,
): Promise<SimulatedConnection> => {
  const known = simulatedAccounts.find((account) => account.provider === provider);
  const control = stack.simulators?.control[provider];
  if (known === undefined || control === undefined) throw new Error(`${provider} is not simulated`);
  const { credentials, options = {}, key } = known;
  const body = { provider, credentials, options };
  await client.call('putAccount', { path: { account_id: accountId }, body });
  return {
    accountId,
    control,
    seed: () => control.seed({ id: known.newRequestId(), key }).id,
    cancelCalls: (requestId) => control.calls({ operation: 'cancel', requestId }).length,
    cancel: async (provider_request_id, wish = {}) => {
      const whole = { account_id: accountId, provider_request_id, ...wish };
      return (await client.call('createCancellation', { body: whole })).body;
    },
  };
};
