/** Holds what Rescind says against the simulated providers' own records, request by request. */
import type { HistoryEntryView, SignatureRequestView } from '../../shared/http/contract/responses.ts';
import type { ProviderName } from '../../shared/providers/registry.ts';
import type { Control } from '../simulators/control.ts';

/** What the provider's own record says of a request in the end. */
export type Truth = 'cancelled' | 'ended_otherwise' | 'open';

export interface Ended {
  readonly provider: ProviderName;
  readonly providerRequestId: string;
  /** Null: Rescind does not know it. */
  readonly view: SignatureRequestView | null;
  readonly history: readonly HistoryEntryView[];
}

export type Fault = 'lost' | 'wrong' | 'doubled' | 'unproven';

export interface Finding {
  readonly fault: Fault;
  readonly about: string;
  readonly detail: string;
  readonly story: readonly string[];
}

const cancelledStatuses: ReadonlySet<string> = new Set(['cancelled', 'deleted']);
const endedStatuses: ReadonlySet<string> = new Set([
  'signed',
  'declined',
  'canceled',
  'expired',
  'completed',
  // OKdokument, of a document whose signer is done and whose callback nobody took.
  'errorsendinfo',
]);

export const truthOf = (control: Control, id: string): Truth => {
  const { status = 'open' } = control.request(id) ?? {};
  if (cancelledStatuses.has(status)) return 'cancelled';
  return endedStatuses.has(status) ? 'ended_otherwise' : 'open';
};

/** Everything that is not as it was promised. */
export const judge = (ended: Ended, control: Control): readonly Finding[] => {
  const { providerRequestId, view } = ended;
  const truth = truthOf(control, providerRequestId);
  const state = view?.cancellation?.state ?? 'none';
  const about = `${ended.provider} ${providerRequestId} (${view?.id ?? 'unknown'})`;
  const found: Finding[] = [];
  const add = (fault: Fault, detail: string) =>
    found.push({ fault, about, detail, story: storyOf(ended, control) });

  if (state !== 'confirmed' && state !== 'rejected' && !isUndecidable(ended, truth))
    add('lost', `it is ${state}, the provider has it ${truth}`);
  if (state === 'confirmed' && truth !== 'cancelled') add('wrong', `confirmed, the provider has it ${truth}`);
  if (state === 'rejected' && truth !== 'ended_otherwise')
    add('wrong', `rejected, the provider has it ${truth}`);
  const effects = effectiveCancels(control, ended.provider, providerRequestId);
  if (effects > 1) add('doubled', `${effects} cancels took effect at the provider`);
  const settled = ended.history.findLast(({ to }) => to === state);
  if ((state === 'confirmed' || state === 'rejected') && settled?.evidence == null)
    add('unproven', `it is ${state} without evidence in its history`);
  return found;
};

/**
 * OKdokument answers the same for what was deleted and for what was never there. When even the first probe had no answer,
 * nothing can tell the two apart: it ends `failed`, and says so. The promise is only not to call it confirmed.
 */
export const isUndecidable = ({ provider, view }: Ended, truth: Truth): boolean =>
  provider === 'okdokument' &&
  truth === 'cancelled' &&
  view?.cancellation?.state === 'failed' &&
  view.cancellation.error?.type === 'outcome-unknown';

/** What happened, from both sides and in order, for whoever has to find out why. */
const storyOf = ({ providerRequestId, history }: Ended, control: Control): readonly string[] => {
  const seen = history.map(({ at, type, to, status_to, evidence }) => ({
    at,
    what: `${type} ${to ?? status_to ?? ''} ${evidence === null ? '' : `${evidence.kind} ${evidence.status}`}`,
  }));
  const called = control.calls({ requestId: providerRequestId }).map(({ at, operation, status, acted }) => ({
    at,
    what: `  provider: ${operation} answered ${status}${acted ? ', acted' : ''}`,
  }));
  const told = control
    .callbacks()
    .filter(({ requestId }) => requestId === providerRequestId)
    .map(({ event, attempts }) => `  callback ${event}: ${attempts.join(', ')}`);
  const lines = [...seen, ...called]
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ at, what }) => `${at} ${what}`);
  return [...lines, ...told, `  the provider has it ${control.request(providerRequestId)?.status}`];
};

/**
 * Cancels that the provider carried out, whether or not its answer arrived. At Dropbox Sign a cancel is a job: a look
 * right after one whose answer was lost finds the request open, and the cancel that follows joins the job.
 */
const effectiveCancels = (control: Control, provider: ProviderName, requestId: string): number => {
  const calls = [...control.calls({ requestId })].sort((a, b) => (a.at < b.at ? -1 : 1));
  let effects = 0;
  let foundOpen = false;
  for (const { operation, status, acted } of calls) {
    if (operation === 'read' && status === 200) foundOpen = true;
    if (operation !== 'cancel' || !acted) continue;
    if (effects === 0 || provider !== 'dropbox-sign' || !foundOpen) effects += 1;
    foundOpen = false;
  }
  return effects;
};

/** Calls for requests that nobody asked to cancel. @param asked the ids of those that were asked for */
export const strayCancels = (control: Control, asked: ReadonlySet<string>): readonly string[] =>
  control
    .calls({ operation: 'cancel' })
    .filter(({ requestId }) => requestId === null || !asked.has(requestId))
    .map(({ requestId, path }) => requestId ?? path);
