/**
 * `GET /workflows`, page by page: in which order it lists is not documented. Without `status` it would leave out what is
 * not active (documented). Its `filter` and `lastUpdated` are not used: a formula or a date that Ironclad reads otherwise
 * than we do would hide a workflow, and it would be made twice.
 */
import * as z from 'zod/mini';
import type { FindSide } from '../creation.ts';
import { errorFrom, postponement } from '../http-status.ts';
import { readJson } from '../json.ts';
import type { ProviderRequest } from '../provider.ts';
import { inSmallerPages } from '../smaller-pages.ts';
import { otherwise } from '../told.ts';
import { noteIn, withNotes } from '../url-notes.ts';
import type { IroncladCredentials, IroncladOptions } from './credentials.ts';
import { doubtfulAmong, matchAmong, settledAfterMs, unlessDoubtful } from './matching.ts';
import { codeIn, headersFor } from './request.ts';

const pageSize = 100;

export const find: FindSide<IroncladCredentials, IroncladOptions> = {
  request({ wanted }, _attemptedAt, connection) {
    const { external_id_attribute } = connection.options;
    if (external_id_attribute === undefined) return null;
    const query = new URLSearchParams({
      status: 'active,paused,completed,cancelled',
      template: wanted.template_id ?? '',
    });
    const first = {
      method: 'GET',
      url: withNotes(`${connection.baseUrl}/workflows?${query}`, { external_id: external_id_attribute }),
      headers: headersFor(connection),
    } as const;
    return pageOf(first, 0, pageSize);
  },

  classify(response, target, attemptedAt, request) {
    const code = codeIn(response);
    const error = errorFrom(response, 'unexpected-answer', code);
    if (response.status !== 200) return postponement(response, code) ?? { kind: 'unclear', error };
    const [page, size] = [numberIn(request, 'page'), numberIn(request, 'pageSize')];
    const external_id = noteIn(request.url, 'external_id') ?? '';
    const noted = (notes: Readonly<Record<string, string | undefined>>): ProviderRequest => ({
      ...request,
      url: withNotes(request.url, { external_id, ...notes }),
    });
    const smaller = inSmallerPages(response, noted({}), 'pageSize', 'page');
    if (smaller !== null) return smaller;
    const found = readJson(list, response.body);
    if (found === null) return { kind: 'unclear', error };
    const match = matchAmong(found.list, external_id, target, attemptedAt);
    if (match !== null) return match;
    const doubtful =
      noteIn(request.url, 'doubtful') ?? doubtfulAmong(found.list, external_id, attemptedAt) ?? undefined;
    const isAgain = noteIn(request.url, 'again') !== null;
    if (!isAgain && (found.list.length >= size || (found.count ?? 0) > (page + 1) * size)) {
      return { kind: 'follow', request: pageOf(noted({ doubtful }), page + 1, size) };
    }
    if (isAgain || page === 0) return unlessDoubtful(doubtful ?? null);
    // What was changed meanwhile may have moved to the first page, from one that had not been read yet.
    return { kind: 'follow', request: pageOf(noted({ doubtful, again: 'yes' }), 0, size) };
  },

  settledAfterMs,
};

const list = z.object({ list: z.array(z.unknown()), count: otherwise(z.nullish(z.number()), null) });

const pageOf = (request: ProviderRequest, page: number, size: number): ProviderRequest => {
  const url = new URL(request.url);
  url.searchParams.set('page', String(page));
  url.searchParams.set('pageSize', String(size));
  return { ...request, url: url.href };
};

const numberIn = ({ url }: ProviderRequest, name: string): number =>
  Number(new URL(url).searchParams.get(name));
