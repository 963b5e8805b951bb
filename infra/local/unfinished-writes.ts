/**
 * Remembers on disk which writes the embedded DynamoDB has begun and not finished. dynalite changes an index and then the
 * item, one after the other: a kill in between would leave an item that no sweep finds. Done once more at the next start,
 * such a write is whole. Nobody was told of its outcome, so it may as well have happened.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import * as z from 'zod';

export interface Write {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface UnfinishedWrites {
  /** Those that the process before this one left, in the order in which they came. */
  readonly left: readonly Write[];
  /** When they have been done once more, and before anything else is begun. */
  forgetLeft(): void;
  /** On disk before it returns, as far as a kill of this process goes. @returns what says that the write is finished */
  begin(write: Write): () => void;
  close(): void;
}

const lineSchema = z.union([
  z.object({ begun: z.int(), headers: z.record(z.string(), z.string()), body: z.string() }),
  z.object({ finished: z.int() }),
]);

/** @param path of a file that is there only for this */
export const openUnfinishedWrites = (path: string): UnfinishedWrites => {
  const file = openSync(path, 'a+', 0o600);
  const left = readLeft(readFileSync(path, 'utf8'));
  let last = 0;
  let underWay = 0;

  const append = (line: z.infer<typeof lineSchema>): void => {
    writeSync(file, `${JSON.stringify(line)}\n`);
  };
  return {
    left,
    forgetLeft: () => ftruncateSync(file, 0),
    begin: (write) => {
      last += 1;
      const begun = last;
      underWay += 1;
      append({ begun, ...write });
      return () => {
        underWay -= 1;
        if (underWay === 0) ftruncateSync(file, 0);
        else append({ finished: begun });
      };
    },
    close: () => closeSync(file),
  };
};

const readLeft = (text: string): readonly Write[] => {
  const begun = new Map<number, Write>();
  // The last line ends in a line feed, unless the process died while it wrote it: that write was not begun.
  for (const json of text.split('\n').slice(0, -1)) {
    const line = lineSchema.parse(JSON.parse(json));
    if ('finished' in line) begun.delete(line.finished);
    else begun.set(line.begun, { headers: line.headers, body: line.body });
  }
  return [...begun.values()];
};
