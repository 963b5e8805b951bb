/**
 * A worker that is held up between what allows its call and the call itself: by then the right has run out, another worker
 * may have taken it, and a second call would be one too many.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { creationExamples } from './creations.ts';
import { openStage, type Play, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** Whoever asks for credentials as the `nth` waits for longer than its right lasts; the sweep passes `passes` times. */
const holdUp = (play: Play, nth: number, passes = 1): void => {
  const { credentialsOf } = play.ports;
  let asked = 0;
  play.ports.credentialsOf = async () => {
    asked += 1;
    if (asked !== nth) return credentialsOf();
    for (let pass = 0; pass < passes; pass += 1) {
      play.skip(90_000);
      await play.sweep();
      await play.deliver();
    }
    return credentialsOf();
  };
};

const acted = (play: Play, operation: string) =>
  play.simulated.calls({ operation }).filter((call) => call.acted);

const boxSign = (): Play => {
  const play = stage.play('box-sign');
  const { id } = play.simulated.seed();
  play.about(id);
  return play;
};

test('the lone hint does not send any more once the sweep has had another worker send', async () => {
  const play = boxSign();
  const before = acted(play, 'cancel').length;
  await play.wish();
  holdUp(play, 1);
  await play.deliver();
  expect((await play.stored())?.cancellation).toMatchObject({ state: 'confirmed', attempts: 1 });
  expect(acted(play, 'cancel')).toHaveLength(before + 1);
});

test('a claim that ran out on the way to the call is not used', async () => {
  const play = boxSign();
  const before = acted(play, 'cancel').length;
  await play.wish();
  // The first hint is lost. The sweep's looks, claims, and then sends.
  play.queue.splice(0);
  play.skip(60_001);
  await play.sweep();
  holdUp(play, 2);
  await play.deliver();
  expect((await play.stored())?.cancellation?.state).toBe('confirmed');
  expect(acted(play, 'cancel')).toHaveLength(before + 1);
});

test('nothing is created by a call whose claim ran out, and that was made again', async () => {
  const play = stage.play('box-sign');
  const before = acted(play, 'create').length;
  await play.create(creationExamples('http://127.0.0.1:1/nda.pdf')['box-sign'].body);
  holdUp(play, 1, 3);
  await play.deliver();
  expect((await play.storedCreation())?.creation?.state).toBe('sent');
  expect(acted(play, 'create')).toHaveLength(before + 1);
});
