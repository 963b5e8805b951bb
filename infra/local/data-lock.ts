/** Keeps two stacks out of one DATA_DIR. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * SQLite's lock, because the operating system takes it back from a process that was killed: no stale lock files.
 * @throws Error when another stack runs there.
 */
export const lockDataDir = (dataDir: string): Disposable => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(dataDir, 'lock.sqlite'));
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch {
    database.close();
    throw new Error(`DATA_DIR=${JSON.stringify(dataDir)}: another local stack is running there`);
  }
  return { [Symbol.dispose]: () => database.close() };
};
