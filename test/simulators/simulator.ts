/** What a simulated provider must offer to the server, and how one is added: a folder, and a line in `server.ts`. */
import type { Answer, Call } from './answer.ts';
import type { SimulatedRequest, World } from './world.ts';

export interface Simulator {
  readonly name: string;
  /** What the base URL ends in. */
  readonly basePath: string;
  readonly baseUrlSetting: string;
  /** Further addresses below the prefix, such as the token endpoint's, by the setting that points an adapter there. */
  readonly otherPaths?: Readonly<Record<string, string>>;
  /** Which credentials it takes, for its page. */
  readonly keys?: string;
  readonly world: World;
  /** The names that a fault's `on` may have. */
  readonly operations: readonly string[];
  /** What can happen to a request without an API call, by name, with what it does. */
  readonly actions: Readonly<Record<string, string>>;
  readonly statuses: readonly string[];
  /** `undefined`: no request of that id. */
  act(id: string, action: string): SimulatedRequest | undefined;
  seed(seed: Seed): SimulatedRequest;
  /** Finds out what a call asks for. Nothing is done before `perform`. */
  understand(call: Call): Understood;
  /** Takes up what was pending when the process ended. */
  resume(): void;
}

export interface Understood {
  readonly operation: string;
  readonly requestId: string | null;
  readonly perform: () => Answer | Promise<Answer>;
  /** The provider's own error of a status. */
  readonly error: (status: number) => Answer;
}

export interface Seed {
  readonly id?: string | undefined;
  /** The API key of the account that it belongs to; without it, any account may use it. */
  readonly key?: string | undefined;
  readonly status?: string | undefined;
  readonly callback_url?: string | undefined;
}
