/** Has pieces of work wait for each other: a file of 10 MB is held several times over while it is sent. */

export type OneAtATime = <T>(work: () => Promise<T>) => Promise<T>;

export const oneAtATime = (): OneAtATime => {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
};
