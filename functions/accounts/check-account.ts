/** `POST /v1/accounts/{account_id}/check`: tries the credentials with one harmless read at the provider. */
import type { CancellationErrorType } from '../../shared/domain/signature-request.ts';
import { readBody } from '../../shared/http/body.ts';
import { emptyBody } from '../../shared/http/contract/requests.ts';
import type { AccountCheckView } from '../../shared/http/contract/responses.ts';
import type { Request, Response } from '../../shared/http/exchange.ts';
import type { CheckAnswer } from '../../shared/providers/provider.ts';
import { redact } from '../../shared/providers/redact.ts';
import { askProvider, type NotAsked, type OpenAccount, openAccount } from './ask-provider.ts';
import type { AccountPorts } from './ports.ts';

/** Whatever the provider does is a finding, and never an error of this call. */
export const checkAccount =
  (ports: AccountPorts) =>
  async (incoming: Request<'checkAccount'>): Promise<Response> => {
    readBody(incoming, emptyBody, {});
    const open = await openAccount(ports, incoming);
    const finding = await find(ports, incoming, open);
    if (finding.kind === 'good') await endPause(ports, open);
    return { status: 200, body: view(open, finding) };
  };

type Finding = CheckAnswer | NotAsked;

const find = async (
  ports: AccountPorts,
  incoming: Request<'checkAccount'>,
  open: OpenAccount,
): Promise<Finding> => {
  const { check } = open.provider;
  const asked = await askProvider(ports, incoming, open, check.request);
  if (asked.kind !== 'response') return asked;
  const answer = check.classify(asked.response);
  // A provider's own error says as little of the account as no answer.
  return answer.kind === 'unclear' && asked.response.status >= 500
    ? { ...answer, kind: 'unreachable', mayHaveActed: false }
    : answer;
};

/** Pauses that were about the account itself; the others are about the moment, and end by themselves. */
const endedByGoodCheck: ReadonlySet<CancellationErrorType | null> = new Set([
  'unauthorized',
  'payment-required',
  'account-blocked',
]);

const endPause = async ({ accounts }: AccountPorts, { account }: OpenAccount): Promise<void> => {
  if (endedByGoodCheck.has(account.pauseReason)) await accounts.endPause(account);
};

const view = ({ account, provider, credentials }: OpenAccount, finding: Finding): AccountCheckView => {
  const verifiable = credentials !== null && provider.webhook.verifies(credentials);
  return {
    account_id: account.accountId,
    provider: provider.name,
    result: finding.kind,
    detail: finding.kind === 'good' ? null : redact(finding.detail, credentials),
    webhooks: { verifiable, detail: verifiable ? null : notVerifiable },
  };
};

const notVerifiable =
  'Nothing in the credentials of this account can verify a webhook: each is at most a reason to look.';
