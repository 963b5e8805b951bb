/**
 * `POST /unified/e-signature/workflows`. For Ironclad it requires the id of a template and its custom fields (documented),
 * which are called `template_id`, as in the list's query, and `custom_fields`, as in the workflow (assumed). So the same
 * goes out once more as Ironclad calls it, in `remote_data`, which Truto passes on untouched (documented); that this
 * alone is enough, or at least does no harm, is assumed.
 */
import * as z from 'zod/mini';
import type { CreateSide } from '../creation.ts';
import { errorFrom } from '../http-status.ts';
import { attributesOf } from '../ironclad/attributes.ts';
import { requestStatusOf } from '../ironclad/workflow.ts';
import { postponed, whyNotMade, wordsIn } from './errors.ts';
import { headersFor, type TrutoCredentials, type TrutoOptions, urlOf, workflowsPath } from './request.ts';
import { detailsIn, idOf, remoteOf, unwrapped } from './workflow.ts';

export const create: CreateSide<TrutoCredentials, TrutoOptions> = {
  request({ id, wanted, idempotencyKey }, connection) {
    const template = wanted.template_id;
    const attributes = attributesOf(wanted, connection.options, id);
    return {
      method: 'POST',
      url: urlOf(connection, workflowsPath),
      headers: {
        ...headersFor(connection),
        'content-type': 'application/json',
        // A repetition is answered as before (source: the vendor's skill files), for how long is not known: look first.
        'idempotency-key': idempotencyKey,
      },
      body: JSON.stringify({
        template_id: template,
        custom_fields: attributes,
        remote_data: { template, attributes },
      }),
    };
  },

  classify(response) {
    const { status } = response;
    const words = wordsIn(response);
    const error = errorFrom(response, 'unexpected-answer', words);
    if (status >= 200 && status < 300) {
      const workflow = unwrapped(z.unknown(), response);
      const providerRequestId = idOf(workflow);
      if (providerRequestId === null) return { kind: 'unclear', mayHaveActed: true, error };
      const found = requestStatusOf(remoteOf(workflow));
      return {
        kind: 'created',
        providerRequestId,
        // One that is cancelled already is not proven so by this: a read will tell.
        status: found === 'cancelled' ? 'unknown' : found,
        details: detailsIn(workflow, null),
      };
    }
    const delay = postponed(response);
    if (delay !== null && (delay.kind === 'refused' || status === 429)) return delay;
    const why = whyNotMade(response);
    if (why === 'wrong') return { kind: 'invalid', error: { ...error, type: 'refused' } };
    if (why === 'gone')
      return { kind: 'refused', error: { ...error, type: 'not-found' }, pausesAccount: false };
    // Truto failed, or got no clean answer (documented): Ironclad may have made it all the same. So it may have with 409.
    return { kind: 'unclear', mayHaveActed: true, error: delay?.error ?? error };
  },
};
