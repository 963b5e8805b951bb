/** What a simulated provider remembers: maps whose every change is a line in a file, so that a kill -9 loses nothing. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Journal {
  /** The entries of one kind. Values must survive JSON. */
  collection<T>(name: string): Collection<T>;
}

export interface Collection<T> {
  get(id: string): T | undefined;
  put(id: string, value: T): void;
  delete(id: string): void;
  all(): readonly T[];
}

/** Null keeps everything in memory. */
export const openJournal = (path: string | null): Journal => {
  const entries = path === null ? new Map<string, Map<string, unknown>>() : load(path);
  const append = (line: readonly unknown[]) => {
    if (path !== null) appendFileSync(path, `${JSON.stringify(line)}\n`);
  };
  return {
    collection<T>(name: string): Collection<T> {
      // What a collection holds was put there by the same code.
      const values = (entries.get(name) ?? new Map()) as Map<string, T>;
      entries.set(name, values);
      return {
        get: (id) => values.get(id),
        put(id, value) {
          values.set(id, value);
          append([name, id, value]);
        },
        delete(id) {
          values.delete(id);
          append([name, id]);
        },
        all: () => [...values.values()],
      };
    },
  };
};

/** Replays the file and writes it anew without what is superseded. A torn last line is left out. */
const load = (path: string): Map<string, Map<string, unknown>> => {
  const entries = new Map<string, Map<string, unknown>>();
  mkdirSync(dirname(path), { recursive: true });
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  for (const line of lines) {
    const [name, id, value] = parse(line);
    if (typeof name !== 'string' || typeof id !== 'string') continue;
    const values = entries.get(name) ?? new Map<string, unknown>();
    entries.set(name, values);
    if (value === undefined) values.delete(id);
    else values.set(id, value);
  }
  const kept = [...entries].flatMap(([name, values]) =>
    [...values].map(([id, value]) => `${JSON.stringify([name, id, value])}\n`),
  );
  writeFileSync(`${path}.new`, kept.join(''), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return entries;
};

const parse = (line: string): readonly unknown[] => {
  try {
    const parsed: unknown = JSON.parse(line);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
};
