/** `GET /workflows/{id}`. Its `step` stays where it was when the workflow is cancelled (observed), so it says nothing. */
import * as z from 'zod/mini';
import type { ReadAnswer } from '../../domain/answers.ts';
import { type ProviderRequestId, providerRequestIdPattern } from '../../domain/ids.ts';
import type { RequestStatus } from '../../domain/signature-request.ts';
import { readJson } from '../json.ts';
import type { ProviderResponse } from '../provider.ts';
import { otherwise } from '../told.ts';

/** Only what a status follows from. `isCancelled` is deprecated, and still there (observed). */
const workflow = z.object({
  id: z.nullish(z.string()),
  ironcladId: otherwise(z.nullish(z.string()), null),
  status: z.nullish(z.string()),
  isCancelled: z.nullish(z.boolean()),
  signatures: z.nullish(z.object({ state: z.nullish(z.string()) })),
});
export type Workflow = z.output<typeof workflow>;

/** The number that people know a workflow by. Reads take it too (documented). */
export const isIroncladId = (id: string): boolean => /^IC-/i.test(id);

/** Null where the body is no workflow, or another one. */
export const workflowIn = ({ body }: ProviderResponse, id: string): Workflow | null => {
  const found = readJson(workflow, body);
  if (found === null) return null;
  // Asked by its number it must name its id, which is what all else hangs on.
  if (isIroncladId(id)) return workflowIdIn(found) !== null && (found.ironcladId ?? id) === id ? found : null;
  return (found.id ?? id) === id ? found : null;
};

const identified = z.object({ id: z.string().check(z.regex(providerRequestIdPattern)) });

/** The id of whatever may be a workflow; null where it has none that a cancel takes. */
export const workflowIdIn = (found: unknown): ProviderRequestId | null => {
  const parsed = identified.safeParse(found);
  return parsed.success && !isIroncladId(parsed.data.id) ? (parsed.data.id as ProviderRequestId) : null;
};

type WorkflowStatus = Extract<ReadAnswer, { kind: 'proof' | 'status' }>;

/** Null where nothing tells. */
export const workflowStatus = ({ status, isCancelled }: Workflow): WorkflowStatus | null => {
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

/** The status of whatever may be a workflow. */
export const requestStatusOf = (found: unknown): Exclude<RequestStatus, 'creating'> => {
  const parsed = workflow.safeParse(found);
  const answer = parsed.success ? workflowStatus(parsed.data) : null;
  if (answer?.kind === 'proof') return 'cancelled';
  return answer?.kind === 'status' && answer.status !== 'creating' ? answer.status : 'unknown';
};

const cancelled: WorkflowStatus = { kind: 'proof', status: 'cancelled', requestStatus: 'cancelled' };
