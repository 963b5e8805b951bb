/** What a run will ask for and what will happen meanwhile, chosen by the seed. */
import { type ProviderName, providerNames } from '../../shared/providers/registry.ts';
import type { Change } from '../simulators/control.ts';
import type { FaultInput } from '../simulators/faults.ts';
import { type Dice, diceFor } from './dice.ts';

export interface Size {
  readonly seed: number;
  readonly cancellations: number;
  /** Kills in all, those of the whole stack included. */
  readonly kills: number;
  readonly stackKills: number;
  /** Over which the cancellations are asked for, and the kills spread. */
  readonly arrivalMs: number;
  readonly outageMs: number;
}

export interface Plan {
  readonly wishes: readonly Wish[];
  /** In the order of their times. */
  readonly kills: readonly PlannedKill[];
  /** The provider that is down, and from when. */
  readonly outage: { readonly provider: ProviderName; readonly fromMs: number; readonly toMs: number };
  /** When more of AWS fails than usual. */
  readonly storms: readonly { readonly fromMs: number; readonly toMs: number }[];
}

export type Tenant = 'first' | 'second';

export interface Wish {
  readonly tenant: Tenant;
  readonly provider: ProviderName;
  /** Which of the tenant's accounts there. */
  readonly account: number;
  /** When it is asked for, from the begin of the run. */
  readonly atMs: number;
  /** What a signer does meanwhile, and when, from the moment of the wish; at OKdokument from its acceptance. */
  readonly signer: { readonly action: string; readonly afterMs: number } | null;
  /** How the provider behaves towards this request. */
  readonly behaviour: Change;
}

export interface PlannedKill {
  readonly atMs: number;
  readonly what: 'function' | 'stack' | 'stack_and_services';
}

/** So few that the provider's rate limit does not decide how long the run takes. */
export const wishesPerAccount = 40;
const secondTenantShare = 0.1;
const signerShare = 0.12;
const faultShare = 0.12;

export const planFor = (size: Size): Plan => {
  const dice = diceFor(size.seed, 'plan');
  const { cancellations, outageMs, arrivalMs } = size;
  const down = dice.pick(providerNames as readonly [ProviderName, ...ProviderName[]]);
  const fromMs = dice.between(0.1, 0.3) * arrivalMs;
  return {
    wishes: Array.from({ length: cancellations }, (_, n) => wishFor(size, n, dice)),
    kills: killsFor(size),
    outage: { provider: down, fromMs, toMs: fromMs + outageMs },
    storms: stormsFor(size),
  };
};

const wishFor = ({ arrivalMs, cancellations }: Size, n: number, dice: Dice): Wish => {
  const provider = providerNames[n % providerNames.length] ?? 'dropbox-sign';
  const perProvider = Math.ceil(cancellations / providerNames.length);
  const signer = dice.chance(signerShare)
    ? { action: dice.pick(signerActions[provider]), afterMs: dice.between(-500, 4_000) }
    : null;
  const callbacks = dice.chance(0.3) ? dice.pick(['lose', 'twice']) : 'deliver';
  // Nothing but its callback tells of a signature at OKdokument: one that is lost, or comes before the wish, leaves the
  // request undecidable.
  const isMute = provider === 'okdokument' && signer !== null;
  return {
    provider,
    tenant: dice.chance(secondTenantShare) ? 'second' : 'first',
    account: Math.floor(dice.roll() * accountsPerProvider(perProvider)),
    atMs: dice.between(0, arrivalMs),
    signer,
    behaviour: {
      callbacks: isMute && callbacks === 'lose' ? 'deliver' : callbacks,
      ...(dice.chance(faultShare) && { faults: [cancelFault(dice)] }),
    },
  };
};

export const accountsPerProvider = (wishes: number): number =>
  Math.max(1, Math.ceil(wishes / wishesPerAccount));

/** What ends a request otherwise, by the simulators' names for it. OKdokument deletes what was declined: it would be both. */
const signerActions: Readonly<Record<ProviderName, readonly [string, ...string[]]>> = {
  'dropbox-sign': ['sign', 'decline'],
  'box-sign': ['sign', 'decline'],
  okdokument: ['sign'],
  ironclad: ['sign'],
  truto: ['sign'],
};

const cancelFault = (dice: Dice): FaultInput =>
  dice.pick<FaultInput>([
    { on: 'cancel', do: 'status', status: 500 },
    { on: 'cancel', do: 'status', status: 503 },
    { on: 'cancel', do: 'status', status: 429 },
    { on: 'cancel', do: 'status_after', status: 502 },
    { on: 'cancel', do: 'cut_before' },
    { on: 'cancel', do: 'cut_after' },
    { on: 'cancel', do: 'hang_after' },
    { on: 'cancel', do: 'slow', delay_ms: 900 },
  ]);

const killsFor = ({ seed, kills, stackKills, arrivalMs }: Size): readonly PlannedKill[] => {
  const dice = diceFor(seed, 'kills');
  const planned = Array.from({ length: kills }, (_, n): PlannedKill => {
    const what = n >= stackKills ? 'function' : n % 2 === 0 ? 'stack_and_services' : 'stack';
    // The last ones while what was asked for last is still under way.
    return { atMs: dice.between(0.02, 1.05) * arrivalMs, what };
  });
  return planned.sort((a, b) => a.atMs - b.atMs);
};

const stormsFor = ({ seed, arrivalMs }: Size) => {
  const dice = diceFor(seed, 'storms');
  const every = arrivalMs / 6;
  return Array.from({ length: 6 }, (_, n) => {
    const fromMs = (n + dice.roll() * 0.6) * every;
    return { fromMs, toMs: fromMs + Math.min(6_000, every * 0.3) };
  });
};
