/**
 * `POST /v1/accounts/{account_id}/register-webhook`: tells the provider where its webhooks go, or the client how to.
 *
 * A secret that the provider shows only now is written before the answer. A crash in between loses it: the next call
 * registers anew, and leaves a webhook behind whose deliveries are refused until somebody removes it at the provider.
 */
import { readBody } from '../../shared/http/body.ts';
import { emptyBody } from '../../shared/http/contract/requests.ts';
import type { WebhookRegistrationView } from '../../shared/http/contract/responses.ts';
import type { Request, Response } from '../../shared/http/exchange.ts';
import { Problem } from '../../shared/http/problem.ts';
import { webhookUrl } from '../../shared/http/views.ts';
import type { ProviderRequest } from '../../shared/providers/provider.ts';
import { redact } from '../../shared/providers/redact.ts';
import { askProvider, type OpenAccount, openAccount } from './ask-provider.ts';
import type { AccountPorts } from './ports.ts';

/** @throws Problem `account-not-found`, or `webhook-not-registered` with the steps to take by hand */
export const registerWebhook =
  (ports: AccountPorts) =>
  async (incoming: Request<'registerWebhook'>): Promise<Response> => {
    readBody(incoming, emptyBody, {});
    const open = await openAccount(ports, incoming);
    const url = webhookUrl(open.account, ports.publicBaseUrl);
    const steps = open.provider.webhookSetup.steps.map((step) => step.replaceAll('{webhook_url}', url));
    const answer = await register(ports, incoming, open, url);
    if (answer.kind === 'by_hand') return answered({ registered: false, webhook_url: url, steps });
    if (answer.kind === 'refused') {
      const detail = redact(answer.detail, open.credentials);
      throw new Problem('webhook-not-registered', { detail, members: { webhook_url: url, steps } });
    }
    if (answer.credentials !== undefined) await keep(ports, open, answer.credentials);
    return answered({ registered: true, webhook_url: url, steps: [] });
  };

const answered = (body: WebhookRegistrationView): Response => ({ status: 200, body });

const register = async (
  ports: AccountPorts,
  incoming: Request<'registerWebhook'>,
  open: OpenAccount,
  url: string,
) => {
  const { webhookSetup } = open.provider;
  if (takesAPerson(open, url)) return { kind: 'by_hand' } as const;
  const asked = await askProvider(ports, incoming, open, (connection): ProviderRequest => {
    const request = webhookSetup.request(connection, url);
    if (request === null) throw new Error(`${open.provider.name} changed its mind about a registration`);
    return request;
  });
  if (asked.kind === 'response') return webhookSetup.classify(asked.response);
  const perhaps = asked.kind === 'unreachable' && asked.mayHaveActed ? ` ${mayBeRegistered}` : '';
  return { kind: 'refused', detail: `${asked.detail}${perhaps}` } as const;
};

const mayBeRegistered = 'It may have registered the webhook all the same: look there first.';

/** Asked before a token is: that would be a call for nothing. Without credentials the call itself says what is wrong. */
const takesAPerson = ({ account: { options }, provider, credentials }: OpenAccount, url: string): boolean =>
  credentials !== null &&
  provider.webhookSetup.request(
    { baseUrl: provider.baseUrl(options), credentials, options, accessToken: null },
    url,
  ) === null;

/** @throws Problem `account-not-found` when the account was deleted while the provider was asked */
const keep = async (
  { secrets, now }: AccountPorts,
  { account, provider, credentials }: OpenAccount,
  given: Readonly<Record<string, string>>,
): Promise<void> => {
  if (!provider.credentials.safeParse({ ...credentials, ...given }).success) {
    throw new Error(`${provider.name} gave credentials that its own schema does not take`);
  }
  if (!(await secrets.addRegistered(account, given, now()))) throw new Problem('account-not-found');
};
