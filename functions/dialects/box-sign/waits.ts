import { longestWait } from '../cancel-outcome.ts';

/** How long a client of this dialect waits at most, in seconds. Box answers at once; its clients give up after some time. */
export const waits = {
  /** For the proof of a cancellation, and for the id of a new request. */
  outcome: longestWait,
  /** For a read at Box. */
  read: 5,
  /** For Box to take a reminder. */
  reminder: 5,
} as const;
