/** All chance of a run: numbers that follow from the seed, a stream's name and a count, so that leaving one out moves no other. */

const streamIds = new Map<string, number>();

export class Chance {
  readonly #seed: number;
  readonly #counts = new Map<string, number>();

  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  /** Uniform in [0, 1). */
  roll(stream: string): number {
    const count = this.#counts.get(stream) ?? 0;
    this.#counts.set(stream, count + 1);
    return numberAt(this.#seed, idOf(stream), count);
  }

  /** A whole number from 0 to `count` − 1. */
  below(stream: string, count: number): number {
    return Math.floor(this.roll(stream) * count);
  }

  /** Uniform between the two, whole. */
  between(stream: string, least: number, most: number): number {
    return least + Math.floor(this.roll(stream) * (most - least + 1));
  }

  /** Between the two, small values as likely as large ones: an order of magnitude is what matters. */
  spread(stream: string, least: number, most: number): number {
    return Math.floor(least * (most / least) ** this.roll(stream));
  }

  happens(stream: string, probability: number): boolean {
    return this.roll(stream) < probability;
  }

  pick<const T>(stream: string, choices: readonly T[]): T {
    const choice = choices[this.below(stream, choices.length)];
    if (choice === undefined) throw new Error(`nothing to choose from: ${stream}`);
    return choice;
  }
}

const idOf = (stream: string): number => {
  const known = streamIds.get(stream);
  if (known !== undefined) return known;
  let id = 0x811c9dc5;
  for (let index = 0; index < stream.length; index += 1) {
    id = Math.imul(id ^ stream.charCodeAt(index), 0x01000193);
  }
  streamIds.set(stream, id);
  return id;
};

/** Three rounds of a 32-bit mixer (MurmurHash3's), one for each part. */
export const numberAt = (seed: number, stream: number, count: number): number => {
  let hash = mix(seed ^ 0x9e3779b9);
  hash = mix(hash ^ stream);
  hash = mix((hash + Math.imul(count, 0x9e3779b1)) | 0);
  return (hash >>> 0) / 2 ** 32;
};

const mix = (value: number): number => {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
};
