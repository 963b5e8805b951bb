/** What the stack seeds for each simulated provider: an account, open requests, and a callback URL. */
import { randomBytes, randomUUID } from 'node:crypto';
import { signatureKeys } from '../../test/simulators/box-sign/callback.ts';
import { setCallbackUrl } from '../../test/simulators/dropbox-sign/set-callback-url.ts';
import type { SimulatedProviderName, Simulators } from '../../test/simulators/server.ts';
import { webhookSecretOf } from '../../test/simulators/truto/webhooks.ts';

/** Marks the ids of seeded requests, so that a restart finds its own. */
const seedMark = 'de30';

export interface SimulatedAccount {
  /** Also the account's name. */
  readonly provider: SimulatedProviderName;
  readonly credentials: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, string>>;
  /** By which the simulated provider knows the owner of the requests. */
  readonly key: string;
  readonly openStatus: string;
  newRequestId(): string;
  /** Tells the provider where its callbacks go, where that is a setting of the account. */
  register?(simulators: Simulators, callbackUrl: string): Promise<void>;
}

const dropboxSignKey = 'simulated-dropbox-sign-key';
const okdokumentKey = 'simulated-okdokument-key';
const boxEnterprise = '900900900';
const trutoToken = 'simulated-truto-token';
const trutoAccount = '62f44730-dd91-461e-bd6a-aedd9e0ad79d';
const ironcladApp = 'simulated-ironclad-app';
const newUuid = (): string => seedMark + randomUUID().slice(seedMark.length);

export const simulatedAccounts: readonly SimulatedAccount[] = [
  {
    provider: 'dropbox-sign',
    credentials: { api_key: dropboxSignKey },
    key: dropboxSignKey,
    openStatus: 'open',
    newRequestId: () => seedMark + randomBytes(18).toString('hex'),
    register: (simulators, callbackUrl) => setCallbackUrl(simulators, dropboxSignKey, callbackUrl),
  },
  {
    provider: 'okdokument',
    credentials: { api_key: okdokumentKey },
    key: okdokumentKey,
    openStatus: 'tosign',
    newRequestId: newUuid,
  },
  {
    provider: 'box-sign',
    credentials: {
      client_id: 'simulated-box-app',
      client_secret: 'simulated-box-secret',
      subject_type: 'enterprise',
      subject_id: boxEnterprise,
      webhook_primary_key: signatureKeys.primary,
      webhook_secondary_key: signatureKeys.secondary,
    },
    options: { webhook_folder_id: '777' },
    key: boxEnterprise,
    openStatus: 'sent',
    newRequestId: newUuid,
  },
  {
    provider: 'truto',
    credentials: {
      api_token: trutoToken,
      integrated_account_id: trutoAccount,
      webhook_secret: webhookSecretOf(trutoToken),
    },
    key: trutoAccount,
    openStatus: 'active',
    newRequestId: () => seedMark + randomBytes(10).toString('hex'),
    register: async ({ baseUrls }, callbackUrl) => {
      const response = await fetch(`${baseUrls.TRUTO_BASE_URL}/webhook`, {
        method: 'POST',
        headers: { authorization: `Bearer ${trutoToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ target_url: callbackUrl }),
      });
      if (!response.ok) throw new Error(`the simulated Truto refused the webhook: ${response.status}`);
    },
  },
  {
    provider: 'ironclad',
    credentials: {
      client_id: ironcladApp,
      client_secret: 'simulated-ironclad-secret',
      as_user_email: 'contracts-bot@acme.example',
    },
    key: ironcladApp,
    openStatus: 'sent',
    newRequestId: () => seedMark + randomBytes(10).toString('hex'),
  },
];

const wantedOpen = 3;

/** Tops the account's open requests up. @returns the id of one that is open */
export const seedRequests = (
  account: SimulatedAccount,
  simulators: Simulators,
  callbackUrl: string,
): string => {
  const control = simulators.control[account.provider];
  const open = control
    .requests()
    .filter(({ id, status }) => id.startsWith(seedMark) && status === account.openStatus)
    .map(({ id }) => id);
  while (open.length < wantedOpen) {
    const { key } = account;
    open.push(control.seed({ id: account.newRequestId(), key, callback_url: callbackUrl }).id);
  }
  return open[0] ?? '';
};
