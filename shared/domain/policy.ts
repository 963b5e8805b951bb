/** The numbers that the domain decides with. Milliseconds throughout. */

/** How proof is had at one provider. Declared by its adapter. */
export interface ProofRules {
  /** Read the status before the first cancel call: where a cancel could hit a finished contract. */
  readonly looksFirst: boolean;
  /** Send the cancel even if that first read gave no clear answer. */
  readonly sendsWithoutLook: boolean;
  /** Write down that the request existed before cancelling it: where only that gives the later answers a meaning. */
  readonly remembersExistence: boolean;
  /** When to read after the provider accepted, counted from then; 0 means in the same invocation. Then at the window. */
  readonly proofReadsMs: readonly number[];
  /** The provider has no event for something that may happen there: a followed request is read again and again, slowly. */
  readonly isSilent: boolean;
}

/** Settings of the deployment. */
export interface Policy {
  /** Accepted, but no proof for so long: look, and submit again if the request is still open. */
  readonly confirmationWindowMs: number;
  /** How soon the sweep looks for a step that nobody took. */
  readonly recoveryMs: number;
  /** The longest that one provider call lasts; a claim on a call is respected at least that long. */
  readonly callMs: number;
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
  /** Counted from the first attempt; past it the cancellation is given up. */
  readonly deadlineMs: number;
  /** How often a followed request is read where its provider is silent. */
  readonly followMs: number;
}

/** What a worker needs beside a call itself to write its answer down. */
export const claimSlackMs = 2_000;

/** So long the claim of a call stands that nobody answers for. */
export const claimMs = ({ recoveryMs, callMs }: Policy): number =>
  Math.max(recoveryMs, callMs + claimSlackMs);
