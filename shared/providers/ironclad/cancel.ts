/**
 * Two calls: one ends the workflow, the other only takes the signature packet back and leaves the workflow active.
 * Both are synchronous, and neither has an idempotency key (documented).
 */
import type { CancelAnswer } from '../../domain/answers.ts';
import { errorFrom, postponement } from '../http-status.ts';
import type { Exchange } from '../provider.ts';
import type { IroncladCredentials, IroncladOptions } from './credentials.ts';
import { codeIn, headersFor, isSuccess } from './request.ts';

export const cancel: Exchange<IroncladCredentials, IroncladOptions, CancelAnswer> = {
  request({ providerRequestId, scope, reason }, connection) {
    const message = reason ?? '';
    // `comment` is an object here (documented): the plain string is the comment endpoint's.
    const [path, body] =
      scope === 'workflow'
        ? ['cancel', { comment: { message } }]
        : ['sign-status/cancel-signature-request', { reason: message }];
    return {
      method: 'POST',
      url: `${connection.baseUrl}/workflows/${providerRequestId}/${path}`,
      headers: { ...headersFor(connection), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
  },

  classify(response) {
    // 204 for a workflow, 200 with the packet's status for a packet (documented). A read has the proof of both.
    if (isSuccess(response)) return { kind: 'accepted' };
    const { status } = response;
    const code = codeIn(response);
    const delay = postponement(response, code);
    if (delay !== null) return delay;
    if (status < 400) {
      return { kind: 'unclear', mayHaveActed: true, error: errorFrom(response, 'unexpected-answer', code) };
    }
    // A repeated cancel, and one of a completed workflow, are undocumented: 400 INVALID_STATE is assumed. Only the
    // workflow itself tells.
    const type = status === 404 ? 'not-found' : 'refused';
    return { kind: 'unclear', mayHaveActed: false, error: errorFrom(response, type, code) };
  },
};
