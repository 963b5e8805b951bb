/**
 * `GET /unified/e-signature/workflows` of the template (documented), page by page. Of itself Ironclad lists active workflows
 * only, so its own `status` goes along untouched, in `remote_query` (documented). Ironclad's workflow, with the attribute
 * that tells ours from others, is in each entry's `remote_data`.
 */
import * as z from 'zod/mini';
import type { FindSide } from '../creation.ts';
import { errorFrom } from '../http-status.ts';
import { doubtfulAmong, matchAmong, settledAfterMs, unlessDoubtful } from '../ironclad/matching.ts';
import { readJson } from '../json.ts';
import { inSmallerPages } from '../smaller-pages.ts';
import { noteIn, withNotes } from '../url-notes.ts';
import { postponed, wordsIn } from './errors.ts';
import { headersFor, type TrutoCredentials, type TrutoOptions, urlOf, workflowsPath } from './request.ts';
import { idOf, remoteOf } from './workflow.ts';

export const find: FindSide<TrutoCredentials, TrutoOptions> = {
  request({ wanted }, _attemptedAt, connection) {
    const { external_id_attribute: external_id } = connection.options;
    if (external_id === undefined) return null;
    const query = new URLSearchParams({
      template_id: wanted.template_id ?? '',
      'remote_query[status]': 'active,paused,completed,cancelled',
      limit: '100',
    });
    const url = withNotes(`${urlOf(connection, workflowsPath)}&${query}`, { external_id });
    return { method: 'GET', url, headers: headersFor(connection) };
  },

  classify(response, target, attemptedAt, request) {
    const error = errorFrom(response, 'unexpected-answer', wordsIn(response));
    if (response.status !== 200) return postponed(response) ?? { kind: 'unclear', error };
    const smaller = inSmallerPages(response, request, 'limit', 'next_cursor');
    if (smaller !== null) return smaller;
    const page = readJson(list, response.body);
    if (page === null) return { kind: 'unclear', error };
    const workflows = page.result.map((workflow) => ({
      created: createdIn(workflow),
      ...remoteOf(workflow),
      id: idOf(workflow),
    }));
    const external_id = noteIn(request.url, 'external_id') ?? '';
    const match = matchAmong(workflows, external_id, target, attemptedAt);
    if (match !== null) return match;
    const doubtful = noteIn(request.url, 'doubtful') ?? doubtfulAmong(workflows, external_id, attemptedAt);
    if (page.next_cursor) {
      const url = new URL(withNotes(request.url, { external_id, doubtful: doubtful ?? undefined }));
      url.searchParams.set('next_cursor', page.next_cursor);
      return { kind: 'follow', request: { ...request, url: url.href } };
    }
    // Not all of it (documented): what is missing may be the one.
    return page.is_partial_response === true
      ? { kind: 'ambiguous', detail: 'Truto showed a part of the workflows only.' }
      : unlessDoubtful(doubtful);
  },

  settledAfterMs,
};

const createdIn = (workflow: unknown): string | null => {
  const parsed = z.object({ created_at: z.string() }).safeParse(workflow);
  return parsed.success ? parsed.data.created_at : null;
};

const list = z.object({
  result: z.array(z.unknown()),
  next_cursor: z.nullish(z.string().check(z.maxLength(4_096))),
  is_partial_response: z.nullish(z.boolean()),
});
