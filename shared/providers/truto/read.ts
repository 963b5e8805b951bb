/**
 * `GET /unified/e-signature/workflows/{id}`. The unified status knows `active`, `inactive`, `draft` and `hidden` and so
 * proves nothing, not even that the workflow is open: only what Ironclad itself said counts, in `remote_data` or, where
 * that is missing, through the proxy.
 */
import * as z from 'zod/mini';
import type { ReadAnswer } from '../../domain/answers.ts';
import type { RequestStatus } from '../../domain/signature-request.ts';
import { errorFrom } from '../http-status.ts';
import type { Exchange, ProviderResponse } from '../provider.ts';
import { noteIn, withNotes } from '../url-notes.ts';
import { postponed, wordsIn } from './errors.ts';
import { headersFor, type TrutoCredentials, type TrutoOptions, urlOf, workflowsPath } from './request.ts';
import { detailsIn, unwrapped } from './workflow.ts';

const proxyPath = '/proxy/workflows';

export const read: Exchange<TrutoCredentials, TrutoOptions, ReadAnswer> = {
  // Without `truto_ignore_remote_data`: it would leave out the only evidence.
  request({ providerRequestId }, connection, { followed }) {
    const { external_id_attribute: external_id } = connection.options;
    const url = urlOf(connection, `${workflowsPath}/${providerRequestId}`);
    return {
      method: 'GET',
      url: followed ? withNotes(url, { external_id }) : url,
      headers: headersFor(connection),
    };
  },

  classify(response, { followed }, request) {
    const isProxy = request.url.includes(`${proxyPath}/`);
    const error = errorFrom(response, 'unexpected-answer', wordsIn(response));
    if (response.status === 200) {
      const found = isProxy ? throughProxy(response) : unified(response);
      if (found === null || !isAbout(found.ids, request.url)) return { kind: 'unclear', error };
      if (found.said !== null) {
        const meaning = meaningOf(found.said);
        if (!followed) return meaning;
        const workflow = unwrapped(z.unknown(), response);
        return { ...meaning, details: detailsIn(workflow, noteIn(request.url, 'external_id')) };
      }
      if (isProxy) return { kind: 'unclear', error };
      return { kind: 'follow', request: { ...request, url: request.url.replace(workflowsPath, proxyPath) } };
    }
    // A 404 of the proxy alone says something of the proxy: the unified read has just found the workflow.
    if (response.status === 404 && !isProxy)
      return { kind: 'not_found', error: { ...error, type: 'not-found' } };
    return postponed(response) ?? { kind: 'unclear', error };
  },
};

interface Found {
  readonly ids: readonly string[];
  /** Ironclad's own word; null where it is missing. */
  readonly said: string | null;
}

/** Ironclad's workflow. `isCancelled` is deprecated there, and still sent. */
const remoteWorkflow = z.object({
  id: z.nullish(z.string()),
  status: z.nullish(z.string()),
  isCancelled: z.nullish(z.boolean()),
});
const unifiedWorkflow = z.object({ id: z.nullish(z.string()), remote_data: z.nullish(remoteWorkflow) });

const unified = (response: ProviderResponse): Found | null => {
  const workflow = unwrapped(unifiedWorkflow, response);
  if (workflow === null) return null;
  return { ids: idsOf(workflow.id, workflow.remote_data?.id), said: saidBy(workflow.remote_data) };
};

const throughProxy = (response: ProviderResponse): Found | null => {
  const workflow = unwrapped(remoteWorkflow, response);
  return workflow && { ids: idsOf(workflow.id), said: saidBy(workflow) };
};

const idsOf = (...ids: readonly (string | null | undefined)[]): readonly string[] =>
  ids.filter((id) => typeof id === 'string');

/** An answer without any id is taken for what was asked. */
const isAbout = (ids: readonly string[], url: string): boolean =>
  ids.length === 0 || ids.some((id) => url.includes(`/workflows/${id}?`));

const saidBy = (workflow: z.output<typeof remoteWorkflow> | null | undefined): string | null =>
  workflow?.status ?? (workflow?.isCancelled === true ? 'cancelled' : null);

const meaningOf = (said: string): Extract<ReadAnswer, { kind: 'proof' | 'status' }> =>
  said === 'cancelled'
    ? { kind: 'proof', status: 'cancelled', requestStatus: 'cancelled' }
    : { kind: 'status', status: statuses.get(said) ?? 'unknown' };

/** Ironclad's (documented). A paused workflow can be resumed, and cancelled. */
const statuses: ReadonlyMap<string, Exclude<RequestStatus, 'cancelled'>> = new Map([
  ['active', 'sent'],
  ['paused', 'sent'],
  ['completed', 'signed'],
] as const);
