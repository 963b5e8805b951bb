/** Whether the signature packet is out: by `GET /workflows/{id}/sign-status`, or else by what the workflow says of it. */
import * as z from 'zod/mini';
import type { Memory, ReadAnswer } from '../../domain/answers.ts';
import { readJson } from '../json.ts';
import type { ProviderResponse } from '../provider.ts';
import { type Workflow, workflowStatus } from './workflow.ts';

const signStatus = z.object({ status: z.string() });

/** Null where the body is no sign status. Its four values are documented. */
export const packetIn = ({ body }: ProviderResponse, memory: Memory): ReadAnswer | null => {
  switch (readJson(signStatus, body)?.status) {
    case undefined:
      return null;
    case 'sent':
    case 'action_required':
      return open;
    case 'complete':
      return signed;
    case 'not_sent':
      return notOut(memory);
    default:
      return { kind: 'status', status: 'unknown' };
  }
};

/**
 * Null where the workflow does not tell. One that has ended took its packet with it. `completed` is spelled in two ways
 * (documented); what `signatures.state` is after a packet was taken back is not known, and `not_started` is assumed.
 */
export const packetOf = (workflow: Workflow, memory: Memory): ReadAnswer | null => {
  const whole = workflowStatus(workflow);
  if (whole?.kind !== 'status' || whole.status === 'signed' || whole.status === 'unknown') return whole;
  switch (workflow.signatures?.state) {
    case 'in_progress':
      return open;
    case 'completed':
    case 'complete':
      return signed;
    case 'not_started':
      return notOut(memory);
    // Stryker disable next-line ConditionalExpression: equivalent, undefined is no answer either.
    default:
      return null;
  }
};

const open: ReadAnswer = { kind: 'status', status: 'sent' };
const signed: ReadAnswer = { kind: 'status', status: 'signed' };

/** After a cancel of ours, the wish is fulfilled, whoever did it; the workflow goes on. Before one, there is nothing to cancel. */
const notOut = ({ sent }: Memory): ReadAnswer =>
  sent === 'no'
    ? {
        kind: 'ended',
        as: 'not_found',
        detail: 'No signature packet is out for signature.',
      }
    : { kind: 'proof', status: 'cancelled', requestStatus: 'created' };
