/** Notices that npm, which started this process, is gone: killed, it cannot pass a signal on. */
import { readFileSync } from 'node:fs';

const checkEveryMs = 100;

/**
 * npm runs a script through a shell, which may stay in between, so then npm is the parent's parent; only Linux tells.
 * Started without npm, the process may outlive its shell, as a server should.
 */
export const onNpmGone = (stop: () => void): void => {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const { parent: npm, isShell } = processOf(parent);
  setInterval(() => {
    if (process.ppid !== parent || (isShell && processOf(parent).parent !== npm)) stop();
  }, checkEveryMs).unref();
};

const processOf = (pid: number): { parent: string | null; isShell: boolean } => {
  try {
    // `4711 (sh) S 4710 …`: the name in parentheses may hold anything.
    const [, name = '', parent = null] =
      /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { parent, isShell: /^(a|ba|da|z)?sh$/.test(name) };
  } catch {
    return { parent: null, isShell: false };
  }
};
