/** `--per-second N`: how fast a command does what it does, so that a thousand at once are a row and not a wave. */

const usual = 5;
const most = 100;

/** @throws Error with the usage for anything but a whole number within bounds */
export const perSecondGiven = (given: string | undefined, usage: string): number => {
  const perSecond = given === undefined ? usual : Number(given);
  if (Number.isInteger(perSecond) && perSecond >= 1 && perSecond <= most) return perSecond;
  throw new Error(`--per-second is a whole number from 1 to ${most}\n${usage}`);
};
