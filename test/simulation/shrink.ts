/** Makes a failing run shorter: leaves out what is done and what goes wrong, as long as the same rule is broken. */
import { faultKinds } from './faults.ts';
import type { Rule, Violation } from './rules.ts';
import { play } from './run.ts';
import type { Scenario } from './scenario.ts';

export interface Shrunk {
  readonly scenario: Scenario;
  readonly leftOut: ReadonlySet<string>;
  readonly violation: Violation;
  /** What still happens, line by line. */
  readonly history: readonly string[];
}

/** So many runs at most. */
const mostTries = 600;

/** @returns null when the run breaks nothing */
export const shrink = async (scenario: Scenario): Promise<Shrunk | null> => {
  const first = await play(scenario);
  if (first.violation === null) return null;
  const shrinking = new Shrinking(scenario, first.violation.rule);
  while (await shrinking.once());
  return shrinking.result();
};

class Shrinking {
  #scenario: Scenario;
  #leftOut: ReadonlySet<string> = new Set();
  #tries = 0;
  readonly #rule: Rule;

  constructor(scenario: Scenario, rule: Rule) {
    this.#scenario = scenario;
    this.#rule = rule;
  }

  /** @returns whether anything could be left out */
  async once(): Promise<boolean> {
    const before = this.#size();
    for (const kind of faultKinds) {
      const { [kind]: rate, ...faults } = this.#scenario.faults;
      if (rate === undefined) continue;
      await this.#try({ ...this.#scenario, faults }, this.#leftOut);
    }
    await this.#dropEach('spells');
    await this.#dropEach('actions');
    for (const name of (await play(this.#scenario, { leftOut: this.#leftOut })).faults) {
      await this.#try(this.#scenario, new Set([...this.#leftOut, name]));
    }
    return this.#size() !== before && this.#tries < mostTries;
  }

  async result(): Promise<Shrunk | null> {
    const history: string[] = [];
    const options = { leftOut: this.#leftOut, note: (line: string) => history.push(line) };
    const { violation } = await play(this.#scenario, options);
    return violation && { scenario: this.#scenario, leftOut: this.#leftOut, violation, history };
  }

  async #dropEach(part: 'actions' | 'spells'): Promise<void> {
    for (let index = this.#scenario[part].length - 1; index >= 0; index -= 1) {
      const kept = this.#scenario[part].filter((_, other) => other !== index);
      await this.#try({ ...this.#scenario, [part]: kept }, this.#leftOut);
    }
  }

  async #try(scenario: Scenario, leftOut: ReadonlySet<string>): Promise<void> {
    if (this.#tries >= mostTries) return;
    this.#tries += 1;
    const { violation } = await play(scenario, { leftOut });
    if (violation?.rule !== this.#rule) return;
    this.#scenario = scenario;
    this.#leftOut = leftOut;
  }

  #size(): string {
    const { actions, spells, faults } = this.#scenario;
    return [actions.length, spells.length, Object.keys(faults).length, this.#leftOut.size].join();
  }
}
