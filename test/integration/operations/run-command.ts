/** Runs a command of the project as whoever operates it does, and takes what it prints. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod/mini';

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const failure = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });

/** @param environment all that the command sees */
export const runCommand = async (
  file: 'infra/redrive.ts' | 'infra/failed.ts',
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Ran> => {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [file, ...args], {
      env: environment,
      cwd: new URL('../../..', import.meta.url),
    });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = failure.parse(error);
    return { code, out: stdout, err: stderr };
  }
};
