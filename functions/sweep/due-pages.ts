/** What the passes over due items have in common: they read page by page while time lasts, and space their messages. */

interface Page<Entry, Start> {
  readonly entries: readonly Entry[];
  readonly next: Start | undefined;
}

const pageSize = 100;
const atOnce = 10;
/** What the last page and the report need. */
const wrapUpMs = 10_000;

/** Page by page through the index as it was: it lags behind what is moved meanwhile. */
export const eachDue = async <Entry, Start>(
  remainingMs: () => number,
  pageFrom: (limit: number, start: Start | undefined) => Promise<Page<Entry, Start>>,
  work: (entry: Entry) => Promise<void>,
): Promise<void> => {
  let start: Start | undefined;
  do {
    if (remainingMs() < wrapUpMs) return;
    const page = await pageFrom(pageSize, start);
    await inGroups(page.entries, work);
    start = page.next;
  } while (start !== undefined);
};

const inGroups = async <Entry>(
  entries: readonly Entry[],
  work: (entry: Entry) => Promise<void>,
): Promise<void> => {
  for (let start = 0; start < entries.length; start += atOnce) {
    await Promise.all(entries.slice(start, start + atOnce).map(work));
  }
};

/** Between two messages for one receiver: whatever waited out an outage comes back in a row, not in a wave. */
const spacingMs = 100;
const longestSpreadMs = 60_000;

/** How many milliseconds the next message for a receiver is to wait, within one pass. */
export type Spacing = (receiver: string) => number;

export const spacing = (): Spacing => {
  const sentTo = new Map<string, number>();
  return (receiver) => {
    const before = sentTo.get(receiver) ?? 0;
    sentTo.set(receiver, before + 1);
    return Math.min(longestSpreadMs, before * spacingMs);
  };
};
