/** `POST /v1/signature_requests/{id}/remind`: have the provider remind the signers. */
import type { SignerId } from '../../shared/domain/details.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import type { SignatureRequest } from '../../shared/domain/signature-request.ts';
import { readBody } from '../../shared/http/body.ts';
import { remindBody } from '../../shared/http/contract/requests.ts';
import type { Request, Response } from '../../shared/http/exchange.ts';
import { invalidField, Problem } from '../../shared/http/problem.ts';
import { time } from '../../shared/http/time.ts';
import { remindSigners as remind } from '../../shared/lifecycle/remind-signers.ts';
import { findRequest, showRequest } from './find-request.ts';
import type { ApiPorts } from './ports.ts';
import { type Refusal, reminderOf, tooEarlyUntil } from './reminder-rules.ts';
import { waitFor } from './wait-for.ts';
import { providerOf } from './wish.ts';

/** Answers 200 once it is sent, 202 while it is not known to be, 409 when the provider is known not to take it. */
export const remindSigners =
  (ports: ApiPorts) =>
  async (incoming: Request<'remindSigners'>): Promise<Response> => {
    const { caller, path, log } = incoming;
    const { signer_id = null } = readBody(incoming, remindBody, {});
    const known = await findRequest(ports, caller, path.id);
    const provider = providerOf(known);
    const signer = await signerToRemind(ports, known, signer_id);
    const early = tooEarlyUntil(provider, known, signer, ports.now());
    if (early !== null) throw tooEarly(early, ports.now());
    const asked = await remind({ ...ports, log }, known, provider, signer);
    if (asked === null)
      throw new Problem('not-remindable', { detail: 'It was cancelled or has ended just now.' });
    const { request, headers } = await waitFor(ports, incoming, asked, isReminderSettled);
    refuseIfRefused(request, ports.now());
    return {
      status: request.reminder?.state === 'sent' ? 200 : 202,
      headers: { location: `/v1/signature_requests/${request.id}`, ...headers },
      body: await showRequest(ports, request),
    };
  };

const signerToRemind = async (
  { details }: ApiPorts,
  known: SignatureRequest,
  wanted: SignerId | null,
): Promise<SignerId | null> => {
  const { tenant, id, detailsRevision } = known;
  const kept = detailsRevision === 0 ? null : await details.get(tenant, id);
  const found = reminderOf(providerOf(known), known, kept?.signers ?? null, wanted);
  if ('refusal' in found) throw problemOf(found.refusal);
  return found.signer;
};

const problemOf = (refusal: Refusal): Problem =>
  refusal.about === 'signer_id'
    ? invalidField('signer_id', refusal.message)
    : new Problem('not-remindable', { detail: refusal.message });

const tooEarly = (retryAt: Instant, now: Instant, detail?: string): Problem =>
  new Problem('reminder-too-early', {
    ...(detail === undefined ? {} : { detail }),
    headers: { 'retry-after': String(Math.max(1, Math.ceil((retryAt - now) / 1_000))) },
    members: { retry_at: time(retryAt) },
  });

const isReminderSettled = ({ reminder }: SignatureRequest): boolean => reminder?.state !== 'queued';

const refuseIfRefused = ({ reminder }: SignatureRequest, now: Instant): void => {
  if (reminder?.state !== 'refused') return;
  const { error, retryAt } = reminder;
  throw retryAt === null
    ? new Problem('not-remindable', { detail: error.detail })
    : tooEarly(retryAt, now, error.detail);
};
