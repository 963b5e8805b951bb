/**
 * The client of DynamoDB repeats a write whose answer was lost. If the first was carried out, the repetition is refused,
 * as if somebody else had been faster: but it is our own write that stands there.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Play, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** Every write is carried out, and its repetition refused. @returns what ends that */
const repeatWrites = (play: Play): (() => void) => {
  const { put } = play.ports.requests;
  play.ports.requests.put = async (next) => {
    await put(next);
    return put(next);
  };
  return () => {
    play.ports.requests.put = put;
  };
};

const dropboxSign = (): Play => {
  const play = stage.play('dropbox-sign');
  play.simulated.set({ cancel_delay_ms: 0, callbacks: 'lose' });
  play.about(play.simulated.seed().id);
  return play;
};

test('one cancel call counts once', async () => {
  const play = dropboxSign();
  await play.wish();
  repeatWrites(play);
  await play.deliver();
  const stored = await play.stored();
  expect(stored?.cancellation).toMatchObject({ state: 'submitted', attempts: 1 });
  expect(stored?.history.map(({ type }) => type)).toEqual(['requested', 'accepted']);
});

test('a claim is not believed to be our own: it is late, and sent once', async () => {
  const play = dropboxSign();
  await play.wish();
  const end = repeatWrites(play);
  const [message] = play.queue.splice(0);
  if (message === undefined) throw new Error('no hint was sent');
  const calls = () => play.simulated.calls({ operation: 'cancel' }).length;
  const before = calls();
  // A redelivery looks, and claims.
  await play.dispatch({ ...message, receives: 2 });
  expect(calls()).toBe(before);
  play.skip(60_001);
  await play.sweep();
  end();
  await play.deliver();
  expect((await play.stored())?.cancellation?.state).toBe('submitted');
  expect(calls()).toBe(before + 1);
});
