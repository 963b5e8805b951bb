/** A simulated Box Sign and an adapter that calls it, for the tests of one file. */
import { afterAll, beforeAll } from 'vitest';
import { boxSign } from '../../../shared/providers/box-sign/provider.ts';
import { callProvider } from '../../../shared/providers/call.ts';
import { signatureKeys } from '../../simulators/box-sign/callback.ts';
import type { Control } from '../../simulators/control.ts';
import { type Simulators, startSimulators } from '../../simulators/server.ts';
import { type Caller, callerOf } from './call.ts';

/** Of the service account of an enterprise; the simulated Box Sign takes its id for the user. */
export const clientCredentials = (subject: string) => ({
  client_id: 'app-1',
  client_secret: 'app-secret',
  subject_type: 'enterprise',
  subject_id: subject,
  webhook_primary_key: signatureKeys.primary,
  webhook_secondary_key: signatureKeys.secondary,
});

export interface Stage {
  readonly baseUrls: Simulators['baseUrls'];
  readonly control: Control;
  as(credentials: object): Caller;
  /** Has Box call back to `url` about all requests of a user. */
  callBack(user: string, url: string): Promise<void>;
}

/** @returns a function that gives the stage, once the tests run */
export const boxSignStage = (): (() => Stage) => {
  let simulators: Simulators;
  beforeAll(async () => {
    simulators = await startSimulators({ port: 0 });
  });
  afterAll(() => simulators.close());
  return () => {
    const { baseUrls, control } = simulators;
    const as = (credentials: object): Caller =>
      callerOf(boxSign, { baseUrl: baseUrls.BOX_BASE_URL, credentials, environment: baseUrls });
    const callBack = async (user: string, url: string): Promise<void> => {
      const connection = {
        baseUrl: baseUrls.BOX_BASE_URL,
        credentials: { access_token: user },
        options: { webhook_folder_id: '777' },
        accessToken: null,
      };
      const request = boxSign.webhookSetup.request(connection, url);
      if (request !== null) await callProvider(request, 1_000);
    };
    return { baseUrls, control: control['box-sign'], as, callBack };
  };
};
