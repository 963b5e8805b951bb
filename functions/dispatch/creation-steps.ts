/** Creates a request at its provider, or finds out whether that has happened. */
import { apply } from '../../shared/cancellation/apply.ts';
import type { CreateAnswer, FindAnswer } from '../../shared/domain/answers.ts';
import { deriveRequestId, type ProviderRequestId } from '../../shared/domain/ids.ts';
import type { CancellationError, SignatureRequest } from '../../shared/domain/signature-request.ts';
import type { Decision } from '../../shared/domain/transition.ts';
import type { NewRequest } from '../../shared/http/contract/creation.ts';
import { webhookUrl } from '../../shared/http/views.ts';
import { keepDetails } from '../../shared/lifecycle/keep-details.ts';
import { errorFields } from '../../shared/log.ts';
import type { CreationTarget } from '../../shared/providers/creation.ts';
import { fetchFiles } from './fetch-files.ts';
import { createAt, findAt } from './provider-operations.ts';
import type { DispatchPorts, StepResult, Visit } from './visit.ts';

export const createStep = async (ports: DispatchPorts, visit: Visit): Promise<StepResult<CreateAnswer>> => {
  const wanted = await wantedOf(ports, visit.request);
  if (wanted === null) return { decision: await blocked(ports, visit, bodyGone), answer: null };
  const create = () => createWith(ports, visit, wanted);
  return visit.provider.fetchesFiles === undefined ? create() : ports.oneAtATime(create);
};

/** The files first, then the claim, then the call: a claim that nobody answers costs a look. */
const createWith = async (
  ports: DispatchPorts,
  visit: Visit,
  wanted: NewRequest,
): Promise<StepResult<CreateAnswer>> => {
  const { request, provider, account } = visit;
  const files = await fetchFiles(ports, provider, wanted);
  if (files.kind === 'failed') return { decision: await blocked(ports, visit, files.answer), answer: null };
  // A call that is cut short leaves an outcome that nobody knows.
  if (ports.callTimeoutMs() < ports.policy.callMs) {
    return { decision: await blocked(ports, visit, tooLate), answer: null };
  }
  const claimed = await apply(ports, request, provider.proof, { type: 'create_claimed' });
  if (!claimed.effects.some(({ type }) => type === 'create')) return { decision: claimed, answer: null };
  const target = { ...targetOf(ports, visit, claimed.request, wanted), files: files.files };
  const answer = await createAt(ports, provider, account, claimed.request, target);
  const kept = answer.kind === 'created' ? await keep(ports, claimed.request, wanted, answer) : {};
  const attempt = claimed.request.creation?.attempts ?? 0;
  const event = { type: 'create_answered', attempt, answer, ...kept } as const;
  const decision = await apply(ports, claimed.request, provider.proof, event);
  await forgetBody(ports, decision.request);
  return { decision, answer };
};

export const findStep = async (ports: DispatchPorts, visit: Visit): Promise<StepResult<FindAnswer>> => {
  const { request, provider, account } = visit;
  const begunAt = ports.now();
  const wanted = await wantedOf(ports, request);
  const answer =
    wanted === null
      ? ({ kind: 'cannot_look' } as const)
      : await findAt(ports, provider, account, request, targetOf(ports, visit, request, wanted));
  const kept = answer.kind === 'found' && wanted !== null ? await keep(ports, request, wanted, answer) : {};
  const settledAfterMs = provider.find?.settledAfterMs ?? 0;
  const attempt = request.creation?.attempts ?? 0;
  const event = { type: 'find_answered', attempt, answer, settledAfterMs, begunAt, ...kept } as const;
  const decision = await apply(ports, request, provider.proof, event);
  await forgetBody(ports, decision.request);
  return { decision, answer: answer.kind === 'cannot_look' ? null : answer };
};

const bodyGone: CreateAnswer = {
  kind: 'invalid',
  error: {
    type: 'not-sent',
    detail: 'What was to be created is no longer kept.',
  } satisfies CancellationError,
};

const tooLate: CreateAnswer = {
  kind: 'try_again',
  error: { type: 'source-unavailable', detail: 'The files took too long to fetch.' },
  pausesAccount: false,
};

const blocked = (
  ports: DispatchPorts,
  { request, provider }: Visit,
  answer: CreateAnswer,
): Promise<Decision> =>
  apply(ports, request, provider.proof, {
    type: 'create_answered',
    attempt: request.creation?.attempts ?? 0,
    answer,
  });

const wantedOf = async (
  { creations }: DispatchPorts,
  { tenant, id, creation }: SignatureRequest,
): Promise<NewRequest | null> => (creation === null ? null : creations.get(tenant, id, creation.fingerprint));

const targetOf = (
  { publicBaseUrl, now }: DispatchPorts,
  { account }: Visit,
  { id, creation }: SignatureRequest,
  wanted: NewRequest,
): Omit<CreationTarget, 'files'> => ({
  id,
  wanted,
  webhookUrl: webhookUrl(account, publicBaseUrl),
  // A new call follows only on one that certainly created nothing, and is another call then.
  idempotencyKey: `${id}-${creation?.attempts ?? 0}`,
  now: now(),
});

/** Before the request itself says that it is there: from then on webhooks and reads must find it, and its signers. */
const keep = async (
  ports: DispatchPorts,
  request: SignatureRequest,
  wanted: NewRequest,
  {
    providerRequestId,
    details,
  }: { readonly providerRequestId: ProviderRequestId } & Pick<
    Extract<CreateAnswer, { kind: 'created' }>,
    'details'
  >,
): Promise<{ readonly detailsRevision?: number }> => {
  const { tenant, id, accountUid } = request;
  const derived = deriveRequestId(tenant, accountUid, providerRequestId);
  if (!(await ports.requests.putAlias(tenant, derived, id))) {
    // Somebody has asked for this very id before we knew it. Both stay; the other one gets the provider's callbacks.
    ports.log('warn', 'alias.taken', { tenant, id, other: derived });
  }
  if ((await ports.details.get(tenant, id)) === null) await keepDetails(ports, request, wanted);
  if (details === undefined) return {};
  const merged = await ports.details.merge(tenant, id, details, true);
  return merged === null ? {} : { detailsRevision: merged };
};

/** It may hold a signer's password: nobody needs it any more. What could not be removed now goes by TTL. */
export const forgetBody = async (
  { creations, log }: DispatchPorts,
  { tenant, id, creation }: SignatureRequest,
): Promise<void> => {
  if (creation?.state !== 'sent' && creation?.state !== 'failed') return;
  try {
    await creations.remove(tenant, id, creation.fingerprint);
  } catch (error) {
    log('warn', 'creation.not_removed', { tenant, id, ...errorFields(error) });
  }
};
