/** Random bytes that follow from the seed: the ids that the code draws decide which shard, and so which order, a run takes. */
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import type { Chance } from './chance.ts';

const source: { chance: Chance | null } = { chance: null };
const real = crypto.randomBytes;

const drawn = (...given: readonly unknown[]): unknown => {
  const { chance } = source;
  const [size, ...rest] = given;
  if (chance === null || typeof size !== 'number' || rest.length > 0) {
    return Reflect.apply(real, crypto, given);
  }
  return Buffer.from(Array.from({ length: size }, () => chance.below('bytes', 256)));
};

Object.assign(crypto, { randomBytes: drawn });
syncBuiltinESMExports();

/** @param chance null: real ones again */
export const drawFrom = (chance: Chance | null): void => {
  source.chance = chance;
};
