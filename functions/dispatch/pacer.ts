/**
 * When a visit to a provider may begin: the breaker first, then the rate. What a lone cancellation needs is free; beyond
 * it slots are reserved in blocks, by one conditional write on the account for all workers (`shared/domain/pace.ts`).
 */
import type { Instant } from '../../shared/domain/ids.ts';
import { blockSize, burstMs, freeRate, reserve, slotMs } from '../../shared/domain/pace.ts';
import { rateLimitShareOf } from '../../shared/providers/account-options.ts';
import type { RateLimit } from '../../shared/providers/provider.ts';
import type { AccountStore, StoredAccount } from '../../shared/store/accounts.ts';

export type Permission =
  | { readonly kind: 'go' }
  /** `permit`: the calls are reserved for that time. */
  | { readonly kind: 'later'; readonly at: Instant; readonly permit: boolean };

export interface PacerPorts {
  readonly accounts: Pick<AccountStore, 'findAccount' | 'reserveSlots'>;
  readonly now: () => Instant;
  readonly dice: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** How many workers may run at the same time: any of them may come to any account. */
  readonly workers: number;
}

/** Waiting so long within an invocation is cheaper than a message and a write. */
const longestWaitMs = 1_000;
/** A block that was not used up in time is given up: used later, it would add to somebody else's. */
const blockLifeMs = 5_000;
/** Slots further away are not reserved: SQS could not deliver a message for them in time. */
const horizonMs = 840_000;
const mostRaces = 5;
const rememberedBuckets = 1_000;

interface Local {
  free: number;
  refilledAt: number;
  slots: Instant[];
  reservedAt: Instant;
  /** The next free slot as this process has last written it. */
  written: Instant | null;
  /** Reservations of this process, one after the other. */
  turn: Promise<unknown>;
}

export const pacer = (ports: PacerPorts) => {
  const locals = new Map<string, Local>();

  const localOf = (key: string, capacity: number): Local => {
    const known = locals.get(key);
    if (known !== undefined) return known;
    if (locals.size >= rememberedBuckets) locals.clear();
    const fresh = {
      free: capacity,
      refilledAt: ports.now(),
      slots: [],
      reservedAt: ports.now(),
      written: null,
      turn: Promise.resolve(),
    };
    locals.set(key, fresh);
    return fresh;
  };

  /** @param calls how many calls the visit will make of this limit */
  return async function permission(
    account: StoredAccount,
    limit: RateLimit,
    calls: number,
  ): Promise<Permission> {
    const rate = freeRate(limit.perMinute, ports.workers);
    // A bucket smaller than the visit would never let it go free.
    const capacity = Math.max(calls, Math.floor(rate));
    const local = localOf(`${account.uid}/${limit.bucket}`, capacity);
    refill(local, capacity, rate, ports.now());
    if (local.free >= calls) {
      local.free -= calls;
      return { kind: 'go' };
    }
    const turn = local.turn.then(() => takeSlots(ports, local, account, limit, calls));
    local.turn = turn.catch(() => undefined);
    const at = await turn;
    const wait = at.time - ports.now();
    if (!at.reserved || wait > longestWaitMs) return { kind: 'later', at: at.time, permit: at.reserved };
    if (wait > 0) await ports.sleep(wait);
    return { kind: 'go' };
  };
};

export type Pacer = ReturnType<typeof pacer>;

const refill = (local: Local, capacity: number, perMinute: number, now: Instant): void => {
  local.free = Math.min(capacity, local.free + ((now - local.refilledAt) * perMinute) / 60_000);
  local.refilledAt = now;
};

const takeSlots = async (
  ports: PacerPorts,
  local: Local,
  account: StoredAccount,
  limit: RateLimit,
  calls: number,
): Promise<{ readonly time: Instant; readonly reserved: boolean }> => {
  if (ports.now() - local.reservedAt > blockLifeMs) local.slots = [];
  const [next] = local.slots;
  if (next !== undefined && local.slots.length >= calls) {
    local.slots.splice(0, calls);
    return { time: next, reserved: true };
  }
  return reserveShared(ports, local, account, limit, calls);
};

const reserveShared = async (
  ports: PacerPorts,
  local: Local,
  account: StoredAccount,
  { bucket, perMinute }: RateLimit,
  calls: number,
): Promise<{ readonly time: Instant; readonly reserved: boolean }> => {
  const share = rateLimitShareOf(account.options);
  const slot = slotMs(perMinute, share);
  let current: StoredAccount | null = withNewer(account, bucket, local.written);
  for (let races = 0; current !== null && races < mostRaces; races += 1) {
    const now = ports.now();
    const seen = current.nextFree[bucket] ?? null;
    if (seen !== null && seen - now > horizonMs) break;
    // A block only while it begins at once: what is deferred reserves no more than itself.
    const soon = (seen ?? 0) - now <= longestWaitMs;
    const count = soon ? Math.max(calls, blockSize(perMinute, share)) : calls;
    const { start, nextFree } = reserve(seen, count, slot, burstMs(share), now);
    if (await ports.accounts.reserveSlots(current, bucket, nextFree)) {
      local.written = nextFree;
      const rest = Array.from(
        { length: count - calls },
        (_, n) => Math.ceil(start + (calls + n) * slot) as Instant,
      );
      local.slots = [...local.slots, ...rest];
      local.reservedAt = now;
      return { time: start, reserved: true };
    }
    local.written = null;
    current = await ports.accounts.findAccount(account.tenant, account.accountId);
  }
  // Too far away, or too many at once: without a reservation, some time later.
  const tooFar = current !== null && (current.nextFree[bucket] ?? 0) - ports.now() > horizonMs;
  const wait = (tooFar ? horizonMs : 1_000) + ports.dice() * 10_000;
  return { time: (ports.now() + wait) as Instant, reserved: false };
};

/** The account may have been read before this process's own last reservation; slots only move forward. */
const withNewer = (account: StoredAccount, bucket: string, written: Instant | null): StoredAccount =>
  written === null || written <= (account.nextFree[bucket] ?? 0)
    ? account
    : { ...account, nextFree: { ...account.nextFree, [bucket]: written } };
