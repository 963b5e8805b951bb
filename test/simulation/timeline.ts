/** The virtual time of a run, and what is to happen when. Nothing waits in real time. */

interface Planned {
  readonly at: number;
  /** Of two at the same time the first planned comes first. */
  readonly order: number;
  readonly happen: () => void;
  readonly isBackground: boolean;
}

export class Timeline {
  now: number;
  /** How many things have happened. */
  steps = 0;
  /** What is planned and not merely a clock that ticks: none left means that nothing more happens by itself. */
  foreground = 0;
  readonly #heap: Planned[] = [];
  #planned = 0;

  constructor(start: number) {
    this.now = start;
  }

  /** @param isBackground a clock that would tick for ever: it keeps no run going */
  after(ms: number, happen: () => void, isBackground = false): void {
    this.#planned += 1;
    if (!isBackground) this.foreground += 1;
    push(this.#heap, { at: this.now + ms, order: this.#planned, happen, isBackground });
  }

  /** @returns a promise that is kept after so much virtual time */
  pass(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /**
   * One thing after the other. Between two, everything that follows from the first without waiting has been done.
   * @param isOver asked before each
   */
  async play(isOver: (next: number) => boolean): Promise<void> {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || isOver(next.at)) return;
      pop(this.#heap);
      if (!next.isBackground) this.foreground -= 1;
      this.now = next.at;
      this.steps += 1;
      next.happen();
      await settled();
    }
  }
}

/** Asked for within a promise's own callback, the next tick comes when no other promise has anything left to do. */
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

const isBefore = (a: Planned, b: Planned): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

const push = (heap: Planned[], planned: Planned): void => {
  let index = heap.length;
  heap.push(planned);
  while (index > 0) {
    const above = (index - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(planned, parent)) break;
    heap[index] = parent;
    index = above;
  }
  heap[index] = planned;
};

const pop = (heap: Planned[]): void => {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let index = 0;
  for (;;) {
    let below = 2 * index + 1;
    let child = heap[below];
    if (child === undefined) break;
    const right = heap[below + 1];
    if (right !== undefined && isBefore(right, child)) {
      below += 1;
      child = right;
    }
    if (!isBefore(child, last)) break;
    heap[index] = child;
    index = below;
  }
  heap[index] = last;
};
