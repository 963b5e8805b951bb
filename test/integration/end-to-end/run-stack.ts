/**
 * Runs the local stack in a process of its own, to be killed: `node run-stack.ts [ASSEMBLY]`, settings from the
 * environment. With the assembly of an earlier run it starts in a fraction of the time.
 */
import { startLocalStack } from '../../../infra/local/local-stack.ts';

const [, , assembly] = process.argv;
const { url } = await startLocalStack({
  environment: process.env,
  ...(assembly === undefined ? {} : { assembly }),
});
process.stdout.write(`rescind ready ${url}\n`);
