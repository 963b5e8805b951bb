/** `POST /workflows`: synchronous, answered with the workflow (documented). There is no idempotency key, so a repetition is a second one. */
import * as z from 'zod/mini';
import type { CreateSide } from '../creation.ts';
import { errorFrom, postponement } from '../http-status.ts';
import { readJson } from '../json.ts';
import type { ProviderResponse } from '../provider.ts';
import { attributesOf } from './attributes.ts';
import type { IroncladCredentials, IroncladOptions } from './credentials.ts';
import { detailsOf } from './details.ts';
import { codeIn, headersFor, isSuccess } from './request.ts';
import { requestStatusOf, workflowIdIn } from './workflow.ts';

export const create: CreateSide<IroncladCredentials, IroncladOptions> = {
  request({ id, wanted }, connection) {
    const email = connection.credentials.as_user_email;
    return {
      method: 'POST',
      url: `${connection.baseUrl}/workflows`,
      headers: { ...headersFor(connection), 'content-type': 'application/json' },
      body: JSON.stringify({
        template: wanted.template_id,
        attributes: attributesOf(wanted, connection.options, id),
        // Required with a legacy token, ignored with any other (documented).
        ...(email !== undefined && { creator: { type: 'email', email } }),
      }),
    };
  },

  classify(response) {
    const { status, body } = response;
    const code = codeIn(response);
    const unclear = {
      kind: 'unclear',
      mayHaveActed: true,
      error: errorFrom(response, 'unexpected-answer', code),
    } as const;
    if (isSuccess(response)) {
      const workflow = readJson(z.unknown(), body);
      const providerRequestId = workflowIdIn(workflow);
      if (providerRequestId === null) return unclear;
      const found = requestStatusOf(workflow);
      return {
        kind: 'created',
        providerRequestId,
        // One that is cancelled already is not proven so by this: a read will tell.
        status: found === 'cancelled' ? 'unknown' : found,
        // Its external id is the one that was sent.
        details: detailsOf(workflow, null),
      };
    }
    const delay = status >= 400 && status < 500 ? postponement(response, code) : null;
    if (delay !== null) return delay;
    // Without Ironclad's form of an error the answer is somebody else's, such as a proxy's. 409 and 5xx may hide a workflow.
    if (code === null || !refusals.has(status)) return unclear;
    return { kind: 'invalid', error: errorFrom(response, 'refused', wordsIn(response, code)) };
  },
};

/** 400: an attribute is missing or wrong, and none was launched (documented). That the others mean the same is assumed. */
const refusals: ReadonlySet<number> = new Set([400, 404, 410, 413, 415, 422]);

/** Names the attribute (documented): by its id, which quotes nothing. */
const named = z.object({ param: z.string().check(z.regex(/^[A-Za-z][A-Za-z0-9_.]{0,63}$/)) });

const wordsIn = ({ body }: ProviderResponse, code: string): string => {
  const param = readJson(named, body)?.param;
  return param === undefined ? code : `${code} ${param}`;
};
