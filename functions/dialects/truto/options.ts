/** The query parameters that every call of Truto's takes. One that would be without effect here is refused by its name. */
import * as z from 'zod/mini';
import { invalidField } from '../../../shared/http/problem.ts';
import { readQuery } from '../../../shared/http/query.ts';
import type { DialectRequest } from '../dialect.ts';
import { type Showing, type WorkflowField, workflowFields } from './workflow.ts';

export const accountParameter = 'integrated_account_id';

/** Of the parameters that all calls have. */
const common = {
  [accountParameter]: z.optional(z.string()),
  truto_response_format: z._default(z.enum(['unified', 'raw', 'normalized', 'stream']), 'unified'),
  truto_ignore_remote_data: z._default(z.enum(['true', 'false']), 'false'),
};

/**
 * @param shape of the parameters that this call has besides
 * @throws Problem that names the parameter
 */
export const readOptions = <Shape extends z.core.$ZodShape>(
  { query, requests }: Pick<DialectRequest, 'query' | 'requests'>,
  shape: Shape,
): Showing & { readonly besides: z.output<z.ZodMiniObject<Shape>> } => {
  const { plain, excluded } = apart(query);
  const general = readQuery(
    only(plain, (name) => !Object.hasOwn(shape, name)),
    z.strictObject(common),
  );
  const besides = readQuery(
    only(plain, (name) => Object.hasOwn(shape, name)),
    z.object(shape),
  );
  // An account in the path and another one in the query: neither can be meant.
  if ((general[accountParameter] ?? requests.accountId) !== requests.accountId) {
    throw invalidField(accountParameter, 'is not the account that the path names');
  }
  const leftOut = new Set(excluded.map(fieldNamed));
  if (general.truto_ignore_remote_data === 'true') leftOut.add('remote_data');
  return { format: general.truto_response_format, leftOut, besides };
};

interface Apart {
  readonly plain: URLSearchParams;
  /** The values of `truto_exclude_fields`, in whichever of its spellings. */
  readonly excluded: readonly string[];
}

/** `a[]=x&a[]=y` (documented), `a[0]=x` (its TypeScript client), `a=x,y` (its skill files), repeated, or a JSON array. */
const apart = (query: URLSearchParams): Apart => {
  const plain = new URLSearchParams();
  const excluded: string[] = [];
  for (const [name, value] of query) {
    if (/^truto_exclude_fields(\[\d*\])?$/.test(name)) excluded.push(...listIn(value));
    else if (/^remote_query(\[|$)/.test(name)) refuseRemoteQuery(value);
    else plain.append(name, value);
  }
  return { plain, excluded };
};

const listIn = (value: string): readonly string[] => {
  const trimmed = value.trim();
  if (!trimmed.startsWith('['))
    return trimmed
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean);
  try {
    return z.array(z.string()).parse(JSON.parse(trimmed));
  } catch {
    throw invalidField('truto_exclude_fields', 'must be a list of names');
  }
};

const refuseRemoteQuery = (value: string): void => {
  if (!['', '{}'].includes(value.trim())) {
    throw invalidField('remote_query', 'has no use: nothing is passed on to the provider by the query');
  }
};

const fieldNamed = (name: string): WorkflowField => {
  const field = workflowFields.find((one) => one === name);
  if (field === undefined) {
    throw invalidField('truto_exclude_fields', `must be of ${workflowFields.join(', ')}`);
  }
  return field;
};

const only = (query: URLSearchParams, isWanted: (name: string) => boolean): URLSearchParams =>
  new URLSearchParams([...query].filter(([name]) => isWanted(name)));
