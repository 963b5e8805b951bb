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

/** @returns null when it is not among these: then see `doubtfulAmong` */
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
    const ids = matches.slice(0, 5).map(idOf);
    return { kind: 'ambiguous', detail: `Workflows with the same external id: ${ids.join(', ')}.` };
  }
  return null;
};

/**
 * One made since then that hides its attributes, or has no text in the one that counts, may be the one.
 * @returns the id of the first such workflow; null when there is none
 */
export const doubtfulAmong = (
  workflows: readonly unknown[],
  attribute: string,
  attemptedAt: Instant,
): string | null => {
  const doubtful = workflows.find(
    (workflow) =>
      isSince(workflow, attemptedAt - skewMs) && attributeOf(attributesIn(workflow), attribute) === null,
  );
  return doubtful === undefined ? null : idOf(doubtful);
};

/** What it means that no page has it. */
export const unlessDoubtful = (doubtful: string | null): FindAnswer =>
  doubtful === null
    ? { kind: 'absent' }
    : { kind: 'ambiguous', detail: `A workflow made since then shows no external id: ${doubtful}.` };

const idOf = (workflow: unknown): string => workflowIdIn(workflow) ?? 'without an id';

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
