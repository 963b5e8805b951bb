/** Sends a cancel, or reads how the request stands. */
import { apply } from '../../shared/cancellation/apply.ts';
import type { CancelAnswer, ReadAnswer } from '../../shared/domain/answers.ts';
import { isFinished } from '../../shared/domain/finished.ts';
import { deriveRequestId, type ProviderRequestId } from '../../shared/domain/ids.ts';
import type { SignatureRequest } from '../../shared/domain/signature-request.ts';
import { unchanged } from '../../shared/domain/transition.ts';
import { refreshRequest } from '../../shared/lifecycle/import-request.ts';
import type { AnyProvider } from '../../shared/providers/define-provider.ts';
import { cancelAt, readAt } from './provider-operations.ts';
import type { DispatchPorts, StepResult, Visit } from './visit.ts';

export const sendStep = async (
  ports: DispatchPorts,
  { request, provider, account }: Visit,
): Promise<StepResult<CancelAnswer>> => {
  const wish = request.cancellation?.requestedAt;
  if (wish === undefined) return { decision: unchanged(request), answer: null };
  const answer = await cancelAt(ports, provider, account, request);
  const event = { type: 'cancel_answered', wish, answer } as const;
  return { decision: await apply(ports, request, provider.proof, event), answer };
};

export const lookStep = async (
  ports: DispatchPorts,
  { request, provider, account, step }: Visit,
): Promise<StepResult<ReadAnswer>> => {
  const begunAt = ports.now();
  const answer = await readAt(ports, provider, account, request);
  const canonicalId = 'canonicalId' in answer ? answer.canonicalId : undefined;
  if (canonicalId !== undefined && !(await rename(ports, request, provider, canonicalId))) {
    return { decision: unchanged(request), answer };
  }
  const right = step.type === 'look' ? step.right : 'claim';
  const event = {
    type: 'status_read',
    answer,
    right,
    scope: request.cancellation?.scope ?? 'workflow',
    begunAt,
    ...(canonicalId !== undefined && { canonicalId }),
    ...(step.type === 'look' && step.refresh && { refresh: step.refresh }),
    ...(await keepDetails(ports, request, answer)),
  } as const;
  const decision = await apply(ports, request, provider.proof, event);
  // It had been given up as not there.
  if (isFinished(request) && !isFinished(decision.request)) await ports.requests.keepParts(decision.request);
  return { decision, answer };
};

/** Webhooks name the request by the provider's own id: from there an alias leads here. @returns false when it is another's */
const rename = async (
  ports: DispatchPorts,
  request: SignatureRequest,
  { proof }: AnyProvider,
  canonicalId: ProviderRequestId,
): Promise<boolean> => {
  const { tenant, id, accountUid, cancellation, reminder } = request;
  const canonical = deriveRequestId(tenant, accountUid, canonicalId);
  if (canonical === id || (await ports.requests.putAlias(tenant, canonical, id))) return true;
  const other = await ports.requests.get(tenant, canonical);
  // Something was asked of this one already: both go on, about the same thing.
  if (other === null || cancellation !== null || reminder?.state === 'queued') return true;
  // It is known already by its own id: what was imported by the other name is that request, and is read as such.
  if (await ports.requests.becomeAlias(request, other.id)) await refreshRequest(ports, other, { proof });
  return false;
};

/** Of a followed request. Before the request says so: what is kept and not yet told of is found by its revision. */
const keepDetails = async (
  { details: store }: DispatchPorts,
  { tenant, id, followed, detailsRevision }: SignatureRequest,
  answer: ReadAnswer,
): Promise<{ readonly detailsRevision?: number }> => {
  if (!followed || !('details' in answer) || answer.details === undefined) return {};
  const merged = await store.merge(tenant, id, answer.details, detailsRevision > 0);
  return merged === null ? {} : { detailsRevision: merged };
};
