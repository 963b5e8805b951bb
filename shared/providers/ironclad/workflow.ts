/** `GET /workflows/{id}`. Its `step` stays where it was when the workflow is cancelled (observed), so it says nothing. */
import * as z from 'zod/mini';
import type { ReadAnswer } from '../../domain/answers.ts';
import { readJson } from '../json.ts';
import type { ProviderResponse } from '../provider.ts';

/** Only what a status follows from. `isCancelled` is deprecated, and still there (observed). */
const workflow = z.object({
  id: z.nullish(z.string()),
  status: z.nullish(z.string()),
  isCancelled: z.nullish(z.boolean()),
  signatures: z.nullish(z.object({ state: z.nullish(z.string()) })),
});
export type Workflow = z.output<typeof workflow>;

/** Null where the body is no workflow, or another one. */
export const workflowIn = ({ body }: ProviderResponse, id: string): Workflow | null => {
  const found = readJson(workflow, body);
  return found === null || (found.id ?? id) !== id ? null : found;
};

/** Null where nothing tells. */
export const workflowStatus = ({ status, isCancelled }: Workflow): ReadAnswer | null => {
  switch (status ?? null) {
    case null:
      return isCancelled === true ? cancelled : null;
    case 'cancelled':
      return cancelled;
    case 'completed':
      return { kind: 'status', status: 'signed' };
    case 'active':
    case 'paused':
      return { kind: 'status', status: 'sent' };
    default:
      return { kind: 'status', status: 'unknown' };
  }
};

const cancelled: ReadAnswer = { kind: 'proof', status: 'cancelled', requestStatus: 'cancelled' };
