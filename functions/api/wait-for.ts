/** `Prefer: wait=N`: looks at a request until it is as the client wants to see it, or the time is up. */
import type { SignatureRequest } from '../../shared/domain/signature-request.ts';
import type { Request } from '../../shared/http/exchange.ts';
import { preferredWait } from '../../shared/http/prefer.ts';
import type { ApiPorts } from './ports.ts';

const pollMs = 250;
/** Kept of the function's time for the last read and the answer. */
const reserveMs = 1_500;

export type Incoming = Pick<Request, 'headers' | 'remainingMs'>;

export interface Waited {
  /** As it stands now. */
  readonly request: SignatureRequest;
  /** Says that the preference was honoured, where there was one. */
  readonly headers: Readonly<Record<string, string>>;
}

export const waitFor = async (
  ports: Pick<ApiPorts, 'requests' | 'now' | 'sleep'>,
  { headers, remainingMs }: Incoming,
  asked: SignatureRequest,
  isDone: (request: SignatureRequest) => boolean,
): Promise<Waited> => {
  const seconds = preferredWait(headers.prefer);
  if (seconds === null) return { request: asked, headers: {} };
  const until = ports.now() + Math.min(seconds * 1_000, remainingMs() - reserveMs);
  let request = asked;
  while (!isDone(request) && ports.now() < until) {
    await ports.sleep(Math.min(pollMs, until - ports.now()));
    request = (await ports.requests.get(asked.tenant, asked.id)) ?? request;
  }
  return { request, headers: { 'preference-applied': `wait=${seconds}` } };
};
