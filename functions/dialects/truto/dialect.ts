/**
 * Truto's own calls on workflows, for the accounts of every provider. What a path and an answer look like is from the vendor's
 * page of each call and its skill files; docs/dialects/truto.md says what each answer means here.
 */
import { type AccountId, namePattern } from '../../../shared/domain/ids.ts';
import { invalidField, Problem } from '../../../shared/http/problem.ts';
import type { Dialect } from '../dialect.ts';
import { cancelWorkflow } from './cancel.ts';
import { refuse } from './errors.ts';
import { accountParameter } from './options.ts';
import { getWorkflow, listWorkflows } from './read.ts';

const base = '/unified/e-signature/workflows';

export const truto: Dialect = {
  calls: [
    { method: 'POST', path: `${base}/cancel`, answer: cancelWorkflow },
    { method: 'GET', path: base, answer: listWorkflows },
    { method: 'GET', path: `${base}/{id}`, answer: getWorkflow },
  ],
  keyIn: ({ authorization }) => /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? null,
  accountIn: (query) => {
    const named = query.get(accountParameter);
    if (named === null) throw invalidField(accountParameter, 'is required');
    if (!namePattern.test(named)) throw new Problem('account-not-found');
    return named as AccountId;
  },
  refuse,
};
