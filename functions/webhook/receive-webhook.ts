/** One delivery of a provider: verify, map, apply. It answers for what was written, never for what was sent. */
import { apply, type Ports } from '../../shared/cancellation/apply.ts';
import type { Notice } from '../../shared/domain/answers.ts';
import { deriveRequestId, type WebhookToken, webhookTokenPattern } from '../../shared/domain/ids.ts';
import type { Request, Response } from '../../shared/http/exchange.ts';
import { Problem } from '../../shared/http/problem.ts';
import type { AnyProvider } from '../../shared/providers/define-provider.ts';
import type { Received } from '../../shared/providers/provider.ts';
import type { VerificationKeys } from '../../shared/providers/verification-keys.ts';
import type { Credentials } from '../../shared/secrets/account-secrets.ts';
import type { AccountStore, StoredAccount } from '../../shared/store/accounts.ts';
import { count } from '../../shared/trace/invocation.ts';

export interface WebhookPorts extends Ports {
  readonly accounts: Pick<AccountStore, 'findAccountByToken'>;
  readonly providerNamed: (name: string) => AnyProvider | null;
  /** Null when the account has no secret: then nothing can be verified with it. */
  readonly credentialsOf: (
    account: StoredAccount,
    given?: { readonly fresh: boolean },
  ) => Promise<Credentials | null>;
  readonly verificationKey: VerificationKeys;
}

/** More is not read: no provider's event comes near it. */
const longestBody = 1024 * 1024;

/** @throws Problem `unauthenticated` for an unknown token or a failed signature: nothing has changed then */
export const receiveWebhook = async (
  ports: WebhookPorts,
  request: Request<'receiveWebhook'>,
): Promise<Response> => {
  if (request.body.length > longestBody) throw new Problem('body-too-large');
  const account = await accountOf(ports, request.path.token);
  const provider = account === null ? null : ports.providerNamed(account.provider);
  if (account === null || provider === null) {
    count('WebhooksUnknown');
    throw new Problem('webhook-refused');
  }
  const received = await verify(ports, account, provider, request);
  if (received.kind === 'refused') {
    count('WebhooksRefused');
    ports.log('warn', 'webhook.refused', { tenant: account.tenant, account: account.accountId });
    throw new Problem('webhook-refused');
  }
  for (const notice of received.notices) await applyNotice(ports, account, provider, notice);
  const { contentType, body: text } = provider.webhook.acknowledgement;
  return { status: 200, headers: { 'content-type': contentType }, body: text };
};

/** What is remembered may be from before the account's credentials were replaced: only the newest ones can refuse. */
const verify = async (
  ports: WebhookPorts,
  account: StoredAccount,
  provider: AnyProvider,
  request: Request<'receiveWebhook'>,
): Promise<Received> => {
  const known = await ports.credentialsOf(account);
  const received = await verifyWith(known, ports, account, provider, request);
  if (received.kind !== 'refused') return received;
  const newest = await ports.credentialsOf(account, { fresh: true });
  const isNews = JSON.stringify(newest) !== JSON.stringify(known);
  return isNews ? verifyWith(newest, ports, account, provider, request) : received;
};

/** A failed signature may mean that the provider has rotated its key: then once more with the newest. */
const verifyWith = async (
  known: Credentials | null,
  ports: WebhookPorts,
  account: StoredAccount,
  provider: AnyProvider,
  { body, headers }: Request<'receiveWebhook'>,
): Promise<Received> => {
  const owner = { uid: account.uid, provider, options: account.options, credentials: known?.current ?? null };
  const delivery = { body, headers, receivedAt: ports.now() };
  const receive = (key: string | null) =>
    provider.webhook.receive(delivery, known?.forVerification ?? [], key);
  const key = await ports.verificationKey(owner, { refused: false });
  const received = receive(key);
  if (received.kind !== 'refused' || provider.webhook.verificationKey === undefined) return received;
  const newest = await ports.verificationKey(owner, { refused: true });
  return newest === key ? received : receive(newest);
};

const accountOf = async (ports: WebhookPorts, token: string): Promise<StoredAccount | null> =>
  webhookTokenPattern.test(token) ? ports.accounts.findAccountByToken(token as WebhookToken) : null;

/** Reads first: most deliveries change nothing, and a read costs a tenth of a write that fails. */
const applyNotice = async (
  ports: WebhookPorts,
  { tenant, uid }: StoredAccount,
  { proof }: AnyProvider,
  { providerRequestId, claim, trust }: Notice,
): Promise<void> => {
  const request = await ports.requests.get(tenant, deriveRequestId(tenant, uid, providerRequestId));
  if (request === null) {
    ports.log('info', 'webhook.unknown_request', { tenant });
    return;
  }
  await apply(ports, request, proof, { type: 'webhook_received', notice: { claim, trust } });
};
