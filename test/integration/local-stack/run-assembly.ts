/** Runs a stack in a process of its own, to be killed: `node run-assembly.ts DATA_DIR ASSEMBLY`. Prints what it made. */
import { startLocalStack } from '../../../infra/local/local-stack.ts';

const [, , DATA_DIR, assembly = ''] = process.argv;
const environment = { PORT: '0', SIMULATORS: 'off', DATA_DIR };
const { endpoints, stores } = await startLocalStack({ environment, assembly });
process.stdout.write(`${JSON.stringify({ endpoints, stores: Object.fromEntries(stores) })}\n`);
