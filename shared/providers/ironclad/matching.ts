/**
 * Which of the listed workflows is the one that a create call may have made: the one with our id in the attribute of the
 * external id. With an external id of the client's it cannot be told from others, only that there is none.
 */
import * as z from 'zod/mini';
import type { FindAnswer } from '../../domain/answers.ts';
import type { Instant } from '../../domain/ids.ts';
import type { CreationTarget } from '../creation.ts';
import { otherwise } from '../told.ts';
import { attributeOf } from './attributes.ts';
import { detailsOf } from './details.ts';
import { requestStatusOf, workflowIdIn } from './workflow.ts';

/** What is absent then was never made (assumed: a list shows a workflow within a minute). */
export const settledAfterMs = 60_000;

/** Clocks differ. */
const skewMs = 60_000;

/** @returns null when it is not among these */
export const matchAmong = (
  workflows: readonly unknown[],
  attribute: string,
  { id, wanted }: Pick<CreationTarget, 'id' | 'wanted'>,
  attemptedAt: Instant,
): FindAnswer | null => {
  const isOurs = (wanted.external_id ?? null) === null;
  const externalId = wanted.external_id ?? id;
  const recent = workflows.filter((workflow) => isSince(workflow, attemptedAt - skewMs));
  const matches = (isOurs ? workflows : recent).filter(
    (workflow) => attributeOf(attributesIn(workflow), attribute) === externalId,
  );
  const providerRequestId = workflowIdIn(matches[0]);
  if (isOurs && matches.length === 1 && providerRequestId !== null) {
    const [match] = matches;
    return {
      kind: 'found',
      providerRequestId,
      status: requestStatusOf(match),
      details: detailsOf(match, null),
    };
  }
  if (matches.length > 0) {
    const ids = matches.slice(0, 5).map((workflow) => workflowIdIn(workflow) ?? 'without an id');
    return { kind: 'ambiguous', detail: `Workflows with the same external id: ${ids.join(', ')}.` };
  }
  // One that hides its attributes may be the one.
  return recent.some((workflow) => attributesIn(workflow) === null)
    ? { kind: 'ambiguous', detail: 'The list of workflows does not show their attributes.' }
    : null;
};

/** Only what tells them apart. */
const listed = z.object({
  created: otherwise(z.nullish(z.string()), null),
  attributes: otherwise(z.nullish(z.looseObject({})), null),
});

const attributesIn = (workflow: unknown): object | null => {
  const parsed = listed.safeParse(workflow);
  return (parsed.success && parsed.data.attributes) || null;
};

/** One that does not say when it was made may be recent. */
const isSince = (workflow: unknown, since: number): boolean => {
  const parsed = listed.safeParse(workflow);
  return !parsed.success || !(Date.parse(parsed.data.created ?? '') < since);
};
