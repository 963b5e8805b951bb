/**
 * Keeps a provider that is down from being hammered: after a few calls in a row without a useful answer the account is
 * closed to calls, for longer each time; when that is over one worker calls, and what it learns is everybody's.
 */
import type {
  CancelAnswer,
  CreateAnswer,
  FindAnswer,
  ReadAnswer,
  RemindAnswer,
} from '../../shared/domain/answers.ts';
import type { Instant } from '../../shared/domain/ids.ts';
import { breakerPauseMs, failuresToTrip } from '../../shared/domain/pace.ts';
import type { Policy } from '../../shared/domain/policy.ts';
import type { AccountStore, StoredAccount } from '../../shared/store/accounts.ts';

export interface BreakerPorts {
  readonly accounts: Pick<AccountStore, 'trip' | 'claimProbe' | 'closeBreaker'>;
  readonly policy: Policy;
  readonly now: () => Instant;
}

const rememberedAccounts = 1_000;
/** What a probing worker needs beside its calls. */
const probeSlackMs = 2_000;

export const breaker = ({ accounts, policy, now }: BreakerPorts) => {
  const failures = new Map<string, number>();
  return {
    /** @returns null when a call may be made, else when to come back. Costs nothing while the breaker is closed. */
    async admit(account: StoredAccount): Promise<Instant | null> {
      const { pausedUntil, trips } = account;
      if (pausedUntil !== null && pausedUntil > now()) return pausedUntil;
      if (trips === 0) return null;
      const probeEnds = (now() + 2 * policy.callMs + probeSlackMs) as Instant;
      return (await accounts.claimProbe(account, probeEnds)) ? null : probeEnds;
    },

    /** @returns whether the breaker is open now: the visit ends then */
    async observe(account: StoredAccount, answer: AnyAnswer): Promise<boolean> {
      if (!isOutage(answer)) {
        failures.delete(account.uid);
        if (account.trips > 0) await accounts.closeBreaker(account);
        return false;
      }
      const count = (failures.get(account.uid) ?? 0) + 1;
      if (account.trips === 0 && count < failuresToTrip) {
        if (failures.size >= rememberedAccounts) failures.clear();
        failures.set(account.uid, count);
        return false;
      }
      failures.delete(account.uid);
      const pause = breakerPauseMs(account.trips + 1, policy.retryBaseMs);
      await accounts.trip(account, (now() + pause) as Instant, 'provider-unavailable');
      return true;
    },
  };
};

export type Breaker = ReturnType<typeof breaker>;

type AnyAnswer = CancelAnswer | ReadAnswer | CreateAnswer | FindAnswer | RemindAnswer;

const isOutage = (answer: AnyAnswer): boolean =>
  'error' in answer &&
  (answer.error.type === 'provider-unavailable' || answer.error.type === 'provider-timeout');
