/**
 * Box Sign's own calls. Box carries them out while its client waits, and so does this dialect for as long as a client may be
 * kept waiting. Source: the vendor's API reference, "Box Sign requests" and "Authorization", version 2024.0.
 */
import { readBody } from '../../../shared/http/body.ts';
import { emptyBody } from '../../../shared/http/contract/requests.ts';
import type { Response } from '../../../shared/http/exchange.ts';
import type { Dialect, DialectRequest } from '../dialect.ts';
import { cancelSignRequest } from './cancel.ts';
import { refuse } from './client-error.ts';
import { createSignRequest } from './create.ts';
import { listSignRequests } from './list.ts';
import { withOwnHeaders } from './own-headers.ts';
import { signRequestOf } from './sign-request.ts';
import { issueToken, refuseToken } from './token.ts';
import { waits } from './waits.ts';

const tokenPath = '/oauth2/token';

export const boxSign: Dialect = {
  calls: [
    { method: 'POST', path: '/2.0/sign_requests', answer: withOwnHeaders(createSignRequest) },
    { method: 'GET', path: '/2.0/sign_requests', answer: withOwnHeaders(listSignRequests) },
    { method: 'GET', path: '/2.0/sign_requests/{id}', answer: withOwnHeaders(getSignRequest) },
    { method: 'POST', path: '/2.0/sign_requests/{id}/cancel', answer: withOwnHeaders(cancelSignRequest) },
    { method: 'POST', path: '/2.0/sign_requests/{id}/resend', answer: withOwnHeaders(resendSignRequest) },
    { method: 'POST', path: tokenPath, answerAnyone: issueToken },
  ],
  keyIn: ({ authorization = '' }) => /^bearer +(\S+)$/i.exec(authorization.trim())?.[1] ?? null,
  refuse: (problem, { requestId, call }) =>
    call?.path === tokenPath ? refuseToken(problem) : refuse(problem, requestId),
};

async function getSignRequest({ requests, parameters }: DialectRequest): Promise<Response> {
  const { id = '' } = parameters;
  return { status: 200, body: signRequestOf(await requests.read(id, waits.read)) };
}

/** Answers without a body. 202 says that mails will go out (documented), and not that they have. */
async function resendSignRequest({
  requests,
  parameters: { id = '' },
  ...incoming
}: DialectRequest): Promise<Response> {
  readBody(incoming, emptyBody, {});
  const known = await requests.read(id, waits.read);
  await requests.remind(known.id, null, waits.reminder);
  return { status: 202 };
}
