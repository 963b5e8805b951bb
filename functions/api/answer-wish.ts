/** The answer to a wish: at once, or as soon as it is settled where the client prefers to wait. */
import { isOpenCancellation, type SignatureRequest } from '../../shared/domain/signature-request.ts';
import type { Request, Response } from '../../shared/http/exchange.ts';
import { preferredWait } from '../../shared/http/prefer.ts';
import { showRequest } from './find-request.ts';
import type { ApiPorts } from './ports.ts';

const pollMs = 250;
/** Kept of the function's time for the last read and the answer. */
const reserveMs = 1_500;

type WishRequest = Request<'createCancellation' | 'cancelSignatureRequest' | 'retryCancellation'>;

/** @returns 202 while the cancellation is open, 200 once it is settled. */
export const answerWish = async (
  ports: ApiPorts,
  incoming: WishRequest,
  signatureRequest: SignatureRequest,
): Promise<Response> => {
  const seconds = preferredWait(incoming.headers.prefer);
  const current =
    seconds === null ? signatureRequest : await settled(ports, incoming, signatureRequest, seconds);
  return {
    status: isOpenCancellation(current.cancellation) ? 202 : 200,
    headers: {
      location: `/v1/signature_requests/${current.id}`,
      ...(seconds === null ? {} : { 'preference-applied': `wait=${seconds}` }),
    },
    body: await showRequest(ports, current),
  };
};

const settled = async (
  ports: ApiPorts,
  { remainingMs }: WishRequest,
  asked: SignatureRequest,
  seconds: number,
): Promise<SignatureRequest> => {
  const until = ports.now() + Math.min(seconds * 1_000, remainingMs() - reserveMs);
  let current = asked;
  while (isOpenCancellation(current.cancellation) && ports.now() < until) {
    await ports.sleep(Math.min(pollMs, until - ports.now()));
    current = (await ports.requests.get(asked.tenant, asked.id)) ?? current;
  }
  return current;
};
