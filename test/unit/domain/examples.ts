/** Requests in each state that the machine tells apart, and the context that decides on them. */
import type {
  AccountId,
  AccountUid,
  Instant,
  ProviderRequestId,
  RequestId,
  Tenant,
} from '../../../shared/domain/ids.ts';
import type { Policy, ProofRules } from '../../../shared/domain/policy.ts';
import { requestCancellation, unheardOf } from '../../../shared/domain/request.ts';
import type { SignatureRequest } from '../../../shared/domain/signature-request.ts';
import type { Context, Decision } from '../../../shared/domain/transition.ts';

export const start = 1_800_000_000_000 as Instant;
export const time = (ms: number): Instant => (start + ms) as Instant;

export const policy: Policy = {
  confirmationWindowMs: 3_600_000,
  recoveryMs: 60_000,
  callMs: 10_000,
  retryBaseMs: 1_000,
  retryCapMs: 900_000,
  deadlineMs: 86_400_000,
  followMs: 21_600_000,
};

/** Dropbox Sign's: proof by webhook, or a read at the window. */
export const byWindow: ProofRules = {
  looksFirst: false,
  sendsWithoutLook: false,
  remembersExistence: false,
  proofReadsMs: [],
  isSilent: false,
};
/** OKdokument's: the answer is the proof, and only a look before gives it a meaning. */
export const byProbe: ProofRules = {
  ...byWindow,
  looksFirst: true,
  sendsWithoutLook: true,
  remembersExistence: true,
};
/** Ironclad's: read first, and read again at once. */
export const byRead: ProofRules = {
  ...byWindow,
  looksFirst: true,
  proofReadsMs: [0, 5_000, 30_000, 120_000],
};

export const at = (ms: number, proof: ProofRules = byWindow, dice = 0.5): Context => ({
  now: time(ms),
  dice,
  policy,
  proof,
});

export const unknown: SignatureRequest = unheardOf(
  {
    tenant: 'demo' as Tenant,
    id: `sr_${'0'.repeat(32)}` as RequestId,
    accountId: 'dropbox' as AccountId,
    accountUid: 'u'.repeat(24) as AccountUid,
    provider: 'dropbox-sign',
    providerRequestId: '2b388914e3ae3b738bd4e2ee2850c677e6dc53d2' as ProviderRequestId,
  },
  start,
);

export const wish = {
  scope: 'workflow',
  effect: 'voided',
  reason: 'Superseded',
  detailsRef: null,
  reasonTravels: false,
  requestedBy: 'first',
} as const;

export const queued = requestCancellation(unknown, wish, at(0)).decision.request;

/** The state after a decision that must have changed something. */
export const stateOf = ({ request }: Decision) => request.cancellation?.state ?? null;
export const effectsOf = ({ effects }: Decision) => effects.map(({ type }) => type);
