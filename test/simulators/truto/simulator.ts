/** A simulated Truto with an Ironclad behind it. Where its documentation is silent or contradicts itself, a switch chooses. */
import type { Simulator } from '../simulator.ts';
import { newHexId, type SimulatedAccount, World } from '../world.ts';
import { type Truto, understand } from './calls.ts';
import { statuses, type TrutoWorld } from './ironclad.ts';
import { rateLimits } from './limits.ts';
import { switches } from './switches.ts';
import { webhooks } from './webhooks.ts';

export const trutoSimulator = (dataDir: string | null): Simulator => {
  const world = new World('truto', switches, dataDir);
  const events = webhooks(world);
  const truto: Truto = { world, events, over: rateLimits(world), replies: new Map() };
  return {
    name: 'truto',
    basePath: '',
    baseUrlSetting: 'TRUTO_BASE_URL',
    keys:
      'any API token is an environment of its own, except one that ends in -bad; any integrated_account_id is an ' +
      'account of its own, in every environment, except one that ends in -gone. An environment has one webhook',
    world,
    operations: ['cancel', 'create', 'read', 'proxy', 'list', 'webhook', 'other'],
    actions: Object.fromEntries(Object.entries(happenings).map(([name, { meaning }]) => [name, meaning])),
    statuses,
    seed: ({ id = newHexId(24), key, status = 'active' }) =>
      world.seed({ id, status, account: key === undefined ? null : world.accountOf(key).id }),
    act(id, action) {
      const { status } = happenings[action] ?? {};
      const request = world.update(id, status === undefined ? {} : { status });
      if (request && status !== undefined) void events.changed(request);
      if (action === 'reauthorize') for (const one of world.accounts.all()) reauthorize(world, one);
      return request ?? undefined;
    },
    understand: (call) => understand(truto, call),
    resume: events.resume,
  };
};

const happenings: Readonly<Record<string, { status?: string; meaning: string }>> = {
  sign: { status: 'completed', meaning: 'all have signed, and the workflow completes' },
  pause: { status: 'paused', meaning: 'somebody pauses the workflow' },
  resume: { status: 'active', meaning: 'somebody resumes it' },
  cancel: { status: 'cancelled', meaning: 'cancelled in Ironclad’s own interface' },
  reauthorize: { meaning: 'the integrated accounts are connected to Ironclad anew' },
};

const reauthorize = (world: TrutoWorld, account: SimulatedAccount): void => {
  const { status: _, ...rest } = account;
  world.accounts.put(account.id, rest);
};
