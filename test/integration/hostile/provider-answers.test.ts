/** Whatever stands in a provider's place, one call to it is bounded, ends in a classified answer, and the next one heals. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callProvider } from '../../../shared/providers/call.ts';
import { connections } from '../../../shared/providers/connections.ts';
import { type ProviderName, providerNames, providers } from '../../../shared/providers/registry.ts';
import { openStage, type Play, type Stage } from '../cancellation/stage.ts';
import { behaviours, type HostileServer, startHostileServer } from './hostile-server.ts';

const callMs = 300;
/** A look and what follows from it: no more than this many calls, and the time between them. */
const longestVisitMs = 6 * callMs + 2_000;

let stage: Stage;
let elsewhere: HostileServer;
let hostile: HostileServer;
beforeAll(async () => {
  stage = await openStage();
  elsewhere = await startHostileServer('');
  hostile = await startHostileServer(elsewhere.url);
});
afterAll(async () => {
  await stage?.close();
  await hostile?.close();
  await elsewhere?.close();
});

/** Every call of the play goes to the hostile server from now on. @returns what ends that */
const standInFor = (play: Play, provider: ProviderName): (() => void) => {
  const { connect } = play.ports;
  play.ports.connect = connections({
    call: callProvider,
    environment: { [providers[provider].baseUrlSetting]: hostile.url },
    now: play.now,
  });
  return () => {
    play.ports.connect = connect;
  };
};

/** One hint, so long after the last that no pause is left. @returns how long the visit took */
const nextVisit = async (play: Play): Promise<number> => {
  play.skip(26 * 3_600_000);
  play.queue.length = 0;
  await play.sweep();
  const [message] = play.queue.splice(0);
  if (message === undefined) throw new Error('the sweep did not find it');
  const begun = performance.now();
  await play.dispatch(message);
  return performance.now() - begun;
};

describe.each(providerNames)('%s', (name) => {
  test('each behaviour is survived by an open cancellation, which is confirmed in the end', async () => {
    const play = stage.play(name, { callMs, deadlineMs: 1e12 });
    play.about(play.simulated.seed().id);
    const giveBack = standInFor(play, name);
    await play.wish();
    for (const [what, behaviour] of Object.entries(behaviours)) {
      hostile.behave(behaviour);
      hostile.seen.requests.length = 0;
      const ms = await nextVisit(play);
      const { cancellation } = (await play.stored()) ?? {};
      expect.soft([what, cancellation?.state]).toEqual([what, expect.stringMatching(/^(queued|submitted)$/)]);
      expect.soft([what, hostile.seen.requests.length]).not.toEqual([what, 0]);
      expect.soft(ms, what).toBeLessThan(longestVisitMs);
    }
    expect(elsewhere.seen.requests).toEqual([]);
    giveBack();
    if (name === 'dropbox-sign') play.simulated.set({ cancel_delay_ms: 0 });
    for (let visits = 0; visits < 6 && !(await play.states()).includes('confirmed'); visits += 1) {
      await nextVisit(play);
    }
    expect(await play.states()).toEqual(['confirmed']);
  });
});

test('of what has no end, a megabyte is read and little more', async () => {
  for (const what of [
    'a body without end',
    'headers without end',
    'bytes without end that are no HTTP',
  ] as const) {
    hostile.behave(behaviours[what] ?? (() => undefined));
    hostile.seen.bytes = 0;
    const before = process.memoryUsage().arrayBuffers;
    await callProvider({ method: 'GET', url: hostile.url, headers: {} }, 5_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
    // What the kernel holds on both sides is not ours.
    expect([what, hostile.seen.bytes < 12_000_000]).toEqual([what, true]);
    expect([what, process.memoryUsage().arrayBuffers - before < 32_000_000]).toEqual([what, true]);
  }
});
