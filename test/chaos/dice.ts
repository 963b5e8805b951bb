/** Random choices that a seed repeats. */

export interface Dice {
  /** Uniform in [0, 1). */
  roll(): number;
  between(least: number, most: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly [T, ...T[]]): T;
}

/** Each purpose has a row of its own, so that how often one is asked does not change what another is told. */
export const diceFor = (seed: number, purpose: string): Dice => {
  let state = [...purpose].reduce((sum, letter) => Math.imul(sum, 31) + letter.charCodeAt(0), seed) >>> 0;
  /** Mulberry32. */
  const roll = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    roll,
    between: (least, most) => least + roll() * (most - least),
    chance: (probability) => roll() < probability,
    pick: (items) => items[Math.floor(roll() * items.length)] ?? items[0],
  };
};
