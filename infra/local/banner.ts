/** What a newcomer sees when the stack is ready: one line for machines, then a command to paste for each provider. */
import { demoKey } from './configuration.ts';
import type { LocalStack } from './local-stack.ts';

/** Some providers demand one. */
const reason = 'Superseded';

export const banner = ({ url, configuration, seeded }: LocalStack): string => {
  // Anyone may see the demo key. A key of the user's own stays out of terminals and of the logs made of them.
  const key = configuration.apiKey === demoKey ? demoKey : '$RESCIND_API_KEY';
  const cancel = (accountId: string, providerRequestId: string) =>
    [
      `curl -sS -X POST ${url}/v1/cancellations`,
      `-H "Authorization: Bearer ${key}"`,
      "-H 'Content-Type: application/json'",
      "-H 'Prefer: wait=25'",
      `-d '${JSON.stringify({ account_id: accountId, provider_request_id: providerRequestId, reason })}'`,
    ].join(' ');
  return [
    `rescind ready ${url}`,
    ...seeded.map(({ accountId, providerRequestId }) => cancel(accountId, providerRequestId)),
    `curl -sS ${url}/health`,
  ].join('\n');
};
