/** A provider that is made as docs/adding-a-provider.md says: the template of an adapter, against that of a simulator. */
import { expect } from 'vitest';
import { callProvider } from '../../../shared/providers/call.ts';
import { exampleSign } from '../../../shared/providers/template/provider.ts';
import { exampleSignSimulator } from '../../simulators/template/simulator.ts';
import { callerOf } from './call.ts';
import { describeProvider } from './contract.ts';

const credentials = { api_key: 'a-key' };

describeProvider({
  provider: exampleSign,
  simulator: exampleSignSimulator,
  credentials,
  wrongCredentials: { api_key: 'a-key-bad' },
  async registerCallback({ baseUrl, id, url }) {
    const connection = { baseUrl, credentials, options: {}, accessToken: null };
    const request = exampleSign.webhookSetup.request(connection, url);
    const outcome = request && (await callProvider(request, 1_000));
    const answer = outcome?.kind === 'response' ? exampleSign.webhookSetup.classify(outcome.response) : null;
    expect(answer).toMatchObject({ kind: 'registered', credentials: { webhook_secret: expect.any(String) } });
    // The request joins the account that first asks for it.
    await callerOf(exampleSign, { baseUrl, credentials }).read(id);
    return { ...credentials, ...(answer?.kind === 'registered' && answer.credentials) };
  },
});
