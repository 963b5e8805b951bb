/**
 * A place in a distributed trace, as W3C Trace Context writes it down (`traceparent`, `tracestate`): read strictly, so
 * that nothing but hexadecimal digits of ours or a caller's gets into a log or onto a wire.
 */
import { randomBytes } from 'node:crypto';

export interface Trace {
  /** 32 hexadecimal digits, the same for all that one wish of a client leads to. */
  readonly traceId: string;
  /** 16 hexadecimal digits: what is done here, and the parent of what is called from here. */
  readonly spanId: string;
  readonly sampled: boolean;
  /** What the caller's tracing systems want carried along: opaque, and nobody's business but theirs. */
  readonly state: string | null;
}

/** Sampled, because it is written down: the log lines are its record. A receiver that follows the flag keeps its own. */
export const newTrace = (): Trace => ({
  traceId: randomBytes(16).toString('hex'),
  spanId: newSpanId(),
  sampled: true,
  state: null,
});

/** What goes on here of the caller's trace. A new one where the caller has none, or none that can be believed. */
export const continuedTrace = (traceparent: string | undefined, tracestate: string | undefined): Trace => {
  const parent = parseTraceparent(traceparent ?? '');
  return parent === null ? newTrace() : { ...parent, spanId: newSpanId(), state: boundedState(tracestate) };
};

/** The headers for a call from here. Version 00, whatever the version was that came in. */
export const traceparentOf = ({ traceId, spanId, sampled }: Trace): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;

const newSpanId = (): string => randomBytes(8).toString('hex');

/**
 * Two digits of version (`ff` is none), the trace, the parent, the flags; all zeros is no id. A later version may go on
 * after a hyphen; version 00 may not.
 */
const pattern = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/;

/** Of the flags the first is known: any other is not passed on. @returns null for what is not valid */
const parseTraceparent = (text: string): Pick<Trace, 'traceId' | 'sampled'> | null => {
  const [, version, traceId, flags = '', rest] = pattern.exec(text) ?? [];
  if (traceId === undefined || (version === '00' && rest !== undefined)) return null;
  return { traceId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
};

/** What the specification asks of everybody to carry; more is left behind as a whole. */
const longestState = 512;
const mostMembers = 32;
const member =
  /^([a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})=[ -+\--<>-~]{0,255}[!-+\--<>-~]$/;

/** @returns null for none, too much, or anything that is not as specified: half of it would be somebody else's word. */
const boundedState = (text = ''): string | null => {
  if (text.length > longestState) return null;
  const members = text
    .split(',')
    .map((each) => each.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((each) => each !== '');
  const keys = new Set(members.map((each) => member.exec(each)?.[1]));
  const isValid = !keys.has(undefined) && keys.size === members.length && members.length <= mostMembers;
  return isValid && members.length > 0 ? members.join(',') : null;
};
