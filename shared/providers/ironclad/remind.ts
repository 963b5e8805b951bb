/** `POST …/sign-status/signers/{role}/remind`: 204. It reminds one signer, by the name of the role (documented). */

import type { Instant } from '../../domain/ids.ts';
import type { RemindSide } from '../creation.ts';
import { errorFrom, postponement } from '../http-status.ts';
import { comeBackAt } from '../retry-after.ts';
import type { IroncladCredentials, IroncladOptions } from './credentials.ts';
import { isRole } from './details.ts';
import { codeIn, coolDownMs, headersFor, isSuccess } from './request.ts';

export const remind: RemindSide<IroncladCredentials, IroncladOptions> = {
  /** Null when the signer's role is not known, or could lead to another path. */
  request({ providerRequestId, signer }, connection) {
    const role = signer?.ref ?? '';
    if (!isRole(role)) return null;
    const path = `workflows/${providerRequestId}/sign-status/signers/${encodeURIComponent(role)}/remind`;
    return { method: 'POST', url: `${connection.baseUrl}/${path}`, headers: headersFor(connection) };
  },

  classify(response) {
    if (isSuccess(response)) return { kind: 'reminded' };
    const { status, receivedAt } = response;
    const code = codeIn(response);
    const error = postponement(response, code)?.error ?? errorFrom(response, 'unexpected-answer', code);
    // Both are TOO_MANY_REQUESTS. A rate limit names its time (documented); too early a reminder names none, and is none
    // any more after the cool-down.
    if (status === 429) {
      const retryAt = comeBackAt(response) ?? ((receivedAt + coolDownMs) as Instant);
      return { kind: 'refused', error, retryAt };
    }
    if (status < 400 || status >= 500) return { kind: 'unclear', error };
    if (status === 404) return { kind: 'refused', error: { ...error, type: 'not-found' } };
    // 400 INVALID_STATE: no packet is out (documented).
    return {
      kind: 'refused',
      error: error.type === 'unexpected-answer' ? { ...error, type: 'refused' } : error,
    };
  },
};
