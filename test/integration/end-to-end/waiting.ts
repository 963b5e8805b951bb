/** Waits for what must happen in the end, and says what there was instead. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SignatureRequestView } from '../../../shared/http/contract/responses.ts';
import type { Client } from './client.ts';

/** Generous: a busy machine is slow, and a test that waits in vain fails in any case. */
const patienceMs = 40_000;
const pollMs = 50;

/** @throws Error that shows the last request seen. */
export const untilRequest = async (
  client: Client,
  id: string,
  isThere: (request: SignatureRequestView) => boolean,
): Promise<SignatureRequestView> => {
  let seen: SignatureRequestView | undefined;
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(pollMs)) {
    seen = (await client.call('getSignatureRequest', { path: { id } })).body;
    if (isThere(seen)) return seen;
  }
  const history = await client.call('getHistory', { path: { id } });
  throw new Error(`it stays at ${JSON.stringify({ ...seen, history: history.body.items }, null, 1)}`);
};

/** @throws Error when it ends in another state. */
export const untilState = async (
  client: Client,
  id: string,
  state: NonNullable<SignatureRequestView['cancellation']>['state'],
): Promise<SignatureRequestView & { cancellation: NonNullable<SignatureRequestView['cancellation']> }> => {
  const final = ['confirmed', 'rejected', 'failed'];
  const request = await untilRequest(client, id, ({ cancellation }) => {
    const now = cancellation?.state ?? '';
    return now === state || final.includes(now);
  });
  const { cancellation } = request;
  if (cancellation?.state !== state) throw new Error(`it ended as ${JSON.stringify(cancellation)}`);
  return { ...request, cancellation };
};
