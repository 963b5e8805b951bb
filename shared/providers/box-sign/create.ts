/** `POST /sign_requests`: the answer is the request. There is no idempotency key (documented), so a repetition is a second one. */
import * as z from 'zod/mini';
import { type ProviderRequestId, providerRequestIdPattern } from '../../domain/ids.ts';
import type { CreateSide } from '../creation.ts';
import { errorFrom, postponement } from '../http-status.ts';
import { readJson } from '../json.ts';
import type { BoxSignCredentials, BoxSignOptions } from './credentials.ts';
import { detailsIn } from './details.ts';
import { codeIn, headersFor, statusNamed } from './request.ts';

export const create: CreateSide<BoxSignCredentials, BoxSignOptions> = {
  request({ id, wanted }, connection) {
    // The rest is called as Box Sign calls it.
    const { account_id: _account, ...fields } = wanted;
    const signers = wanted.signers.map(({ name: _name, ...signer }) => signer);
    // The one place for an id of ours; not unique, and the client's own comes first.
    const body = { ...fields, signers, external_id: wanted.external_id ?? id };
    return {
      method: 'POST',
      url: `${connection.baseUrl}/sign_requests`,
      headers: { ...headersFor(connection), 'content-type': 'application/json' },
      // Without nulls: `parent_folder` must not be one (documented).
      body: JSON.stringify(body, (_key, value) => value ?? undefined),
    };
  },

  classify(response) {
    const { status, body } = response;
    const code = codeIn(response);
    const unexpected = errorFrom(response, 'unexpected-answer', code);
    if (status === 201 || status === 200) {
      const made = readJson(created, body);
      if (made === null) return { kind: 'unclear', mayHaveActed: true, error: unexpected };
      const found = statusNamed(made.status);
      return {
        kind: 'created',
        providerRequestId: made.id as ProviderRequestId,
        // One that is cancelled already is not proven so by this: a read will tell.
        status: found === 'cancelled' || found === 'creating' ? 'unknown' : found,
        details: detailsIn(response),
      };
    }
    const delay = status >= 400 && status < 500 ? postponement(response, code) : null;
    if (delay !== null) return delay;
    // What Box itself refuses it has not made (documented for 400; assumed for the others). Without Box's form of an error
    // the answer is somebody else's, such as a proxy's.
    if (code !== null && refusals.has(status)) {
      return { kind: 'invalid', error: errorFrom(response, 'refused', code) };
    }
    // 202, 409, 5xx and whatever is not known may hide a request that was made.
    return { kind: 'unclear', mayHaveActed: true, error: unexpected };
  },
};

/** 404: a file, folder or template that is not there, or that this user may not use. */
const refusals: ReadonlySet<number> = new Set([400, 404, 410, 412, 413, 415, 422]);

const created = z.object({ id: z.string().check(z.regex(providerRequestIdPattern)), status: z.string() });
