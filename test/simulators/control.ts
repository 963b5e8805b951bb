/** The powers over a simulated provider, for tests in the same process and, through `admin.ts`, for anybody over HTTP. */
import * as z from 'zod/mini';
import { type Fault, type FaultInput, faultSchema } from './faults.ts';
import type { Seed, Simulator } from './simulator.ts';
import { faultInSwitches, type SwitchValue } from './switches.ts';
import type { CallbackAttempts, CountedCall, SimulatedRequest } from './world.ts';

export interface Change {
  readonly [switchOrFaults: string]: SwitchValue | readonly FaultInput[];
}

export interface Control {
  /** Switches by name, and `faults` as a whole, for all requests. @throws Error that names what does not fit. */
  set(change: Change): void;
  /** The same for one request. */
  override(id: string, change: Change): SimulatedRequest;
  seed(seed?: Seed): SimulatedRequest;
  /** Lets something happen at the provider: a signer signs, the sender cancels in the web interface … */
  act(id: string, action: string): SimulatedRequest;
  request(id: string): SimulatedRequest | undefined;
  requests(): readonly SimulatedRequest[];
  calls(filter?: { readonly operation?: string; readonly requestId?: string }): readonly CountedCall[];
  callbacks(): readonly CallbackAttempts[];
}

export const controlOf = ({ world, ...simulator }: Simulator): Control => ({
  set(change) {
    const { switches, faults } = parsed(simulator.operations, world.switches, change);
    world.set(switches);
    if (faults) world.setFaults(faults);
  },
  override(id, change) {
    const { switches, faults } = parsed(simulator.operations, world.switches, change);
    const request = found(world.requests.get(id), id);
    const updated = world.update(id, {
      switches: { ...request.switches, ...switches },
      faults: faults ?? request.faults,
    });
    return found(updated, id);
  },
  seed(seed = {}) {
    if (seed.status !== undefined && !simulator.statuses.includes(seed.status)) {
      throw new Error(`status: must be one of ${simulator.statuses.join(', ')}`);
    }
    return simulator.seed(seed);
  },
  act(id, action) {
    if (!Object.hasOwn(simulator.actions, action)) {
      throw new Error(`no action ${action}; there are ${Object.keys(simulator.actions).join(', ')}`);
    }
    return found(simulator.act(id, action), id);
  },
  request: (id) => world.requests.get(id),
  requests: () => world.requests.all(),
  calls: ({ operation, requestId } = {}) =>
    world.calls.filter(
      (call) =>
        (operation === undefined || call.operation === operation) &&
        (requestId === undefined || call.requestId === requestId),
    ),
  callbacks: () => world.callbacks.all(),
});

const found = (request: SimulatedRequest | null | undefined, id: string): SimulatedRequest => {
  if (!request) throw new Error(`no request ${id}`);
  return request;
};

const parsed = (
  operations: readonly string[],
  table: Simulator['world']['switches'],
  { faults, ...switches }: Change,
): { switches: Readonly<Record<string, SwitchValue>>; faults: readonly Fault[] | null } => {
  const wrong = faultInSwitches(table, switches);
  if (wrong !== null) throw new Error(wrong);
  // Checked against the table above, whose values are all strings or numbers.
  const values = switches as Readonly<Record<string, SwitchValue>>;
  if (faults === undefined) return { switches: values, faults: null };
  const list = z.array(faultSchema).safeParse(faults);
  if (!list.success) throw new Error(`faults: ${z.prettifyError(list.error)}`);
  const unknown = list.data.find(({ on }) => on !== 'any' && !operations.includes(on));
  if (unknown) throw new Error(`faults: no operation ${unknown.on}; there are ${operations.join(', ')}, any`);
  return { switches: values, faults: list.data };
};
