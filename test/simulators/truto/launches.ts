/** What a workflow at the simulated Ironclad was launched with. */
import type { Collection } from '../journal.ts';
import type { SimulatedRequest, World } from '../world.ts';
import type { switches } from './switches.ts';

export interface Launch {
  readonly template: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export const launchesOf = (world: World<typeof switches>): Collection<Launch> => world.collection('launches');

export const launchOf = (world: World<typeof switches>, { id }: SimulatedRequest): Launch =>
  launchesOf(world).get(id) ?? {
    template: '68f0000000000000000000a1',
    attributes: { counterpartyName: 'Northwind' },
  };
