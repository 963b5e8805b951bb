/** `npm start`: runs the local stack until it is told to stop. */
import { banner } from './banner.ts';
import { startLocalStack } from './local-stack.ts';
import { onNpmGone } from './parent-watch.ts';

/** A reader that went away or does not read must not fill the memory: events are in the log file in any case. */
const maxUnreadBytes = 64 * 1024;
const print = (line: string): void => {
  if (process.stdout.writableLength < maxUnreadBytes) process.stdout.write(`${line}\n`);
};

const stopping = new AbortController();
const stop = () => stopping.abort();
process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
process.stdout.on('error', () => {});
onNpmGone(stop);

try {
  const stack = await startLocalStack({ environment: process.env, print, signal: stopping.signal });
  process.stdout.write(`${banner(stack)}\n`);
  if (!stopping.signal.aborted)
    await new Promise((resolve) => stopping.signal.addEventListener('abort', resolve));
  await stack.close();
} catch (error) {
  if (!stopping.signal.aborted) {
    process.stderr.write(`rescind cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
// Nothing is left to wait for; a client's kept-alive connection would otherwise delay the end.
process.exit();
