/** Starts commands, reads their lines, and finds what they leave behind. Linux: it reads `/proc`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface Started {
  readonly process: ChildProcess;
  readonly lines: readonly string[];
  readonly errors: readonly string[];
  readonly exited: Promise<number | null>;
}

/** In the project's root, with this environment beside PATH and HOME. */
export const startCommand = (
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Started => {
  const { PATH, HOME } = process.env;
  const child = spawn(command, args, {
    cwd: root,
    env: { PATH, HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const errors: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  createInterface(child.stderr).on('line', (line) => errors.push(line));
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  return { process: child, lines, errors, exited };
};

/** Ids of the processes whose arguments or environment hold the path of this temporary directory. */
export const processesMentioning = (directory: string): readonly number[] => {
  if (!directory.startsWith(join(tmpdir(), 'rescind-test-')))
    throw new Error(`${directory} is no temporary directory`);
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && mentions(pid, directory));
};

/** Cleans up after a test, also after one that failed. */
export const killMentioning = (directory: string): void => {
  for (const pid of processesMentioning(directory)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Ended meanwhile.
    }
  }
};

const mentions = (pid: number, text: string): boolean => {
  try {
    return ['cmdline', 'environ'].some((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(text));
  } catch {
    // Ended meanwhile.
    return false;
  }
};
