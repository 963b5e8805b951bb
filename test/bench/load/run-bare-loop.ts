/**
 * A bare loop in a process of its own: `fork`ed, told where everything is by its one argument. Asked for so many
 * milliseconds of a mix of calls, it says how often it made them; it ends with whoever started it.
 */
import * as z from 'zod/mini';
import { bareLoopSetup, callMix, openBareLoop } from './bare-loop.ts';
import { closedLoop } from './closed-loop.ts';

const asked = z.object({ mix: callMix, ms: z.number() });

const loop = await openBareLoop(bareLoopSetup.parse(JSON.parse(process.argv[2] ?? '')));
process.on('disconnect', () => process.exit());
process.on('message', async (message) => {
  const { mix, ms } = asked.parse(message);
  const { done } = await closedLoop(() => loop.cycle(mix), 1, ms);
  process.send?.(done);
});
process.send?.('ready');
