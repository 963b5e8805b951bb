/** How often something can be done in a second, so many at a time, each begun when one before it has ended. */

export const closedLoop = async (
  work: () => Promise<void>,
  atOnce: number,
  ms: number,
): Promise<{ readonly done: number; readonly perSecond: number }> => {
  const begun = performance.now();
  let done = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() - begun < ms) {
      await work();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { done, perSecond: done / ((performance.now() - begun) / 1_000) };
};
