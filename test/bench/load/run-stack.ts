/**
 * Runs the local stack in a process of its own and counts what it asks of AWS: `fork`ed, settings from the environment. It
 * says where everything is, answers `counts` with the calls by operation since the last time, and ends with whoever
 * started it.
 */
import { startLocalStack } from '../../../infra/local/local-stack.ts';
import { bareMark } from './bare-loop.ts';
import type { FromStack } from './stack-process.ts';

let calls: Record<string, number> = {};
let settled = 0;
const stack = await startLocalStack({
  environment: process.env,
  watcher: {
    before: ({ service, operation, input }) => {
      if (JSON.stringify(input).includes(bareMark)) return;
      const name = `${service}.${operation}`;
      calls[name] = (calls[name] ?? 0) + 1;
    },
  },
  print: (line) => {
    if (/ transition .*\bto=(confirmed|rejected)\b/.test(line)) settled += 1;
  },
});
const say = (message: FromStack): void => {
  process.send?.(message);
};
process.on('disconnect', () => process.exit());
process.on('message', (asked) => {
  if (asked === 'counts') {
    say({ kind: 'counts', calls, settled });
    calls = {};
  }
  if (asked === 'close') void stack.close().then(() => process.exit());
});
say({ kind: 'ready', url: stack.url, endpoints: stack.endpoints, stores: Object.fromEntries(stack.stores) });
