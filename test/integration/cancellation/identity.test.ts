/** One thing at the provider, known here by more than one id: created, imported by two names, cancelled by its provider's id. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RequestId } from '../../../shared/domain/ids.ts';
import { creationExamples } from './creations.ts';
import { openStage, type Play, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const box = creationExamples('https://files.example/nda.pdf')['box-sign'].body;
/** As the simulated Ironclad names its workflows. */
const ironcladId = (id: string): string =>
  `IC-${createHash('sha256').update(id).digest().readUInt32BE() % 1_000_000}`;

const settle = async (play: Play, rounds = 6): Promise<void> => {
  for (let round = 0; round < rounds; round += 1) {
    await play.deliver();
    play.skip(60_000);
    await play.sweep();
  }
};
const present = async (play: Play, id: RequestId) => {
  const request = await play.read(id);
  if (request === null) throw new Error(`${id} is gone`);
  return request;
};

describe('imported by another name', () => {
  test('is the request that is known by its own id, and is read as such', async () => {
    const play = stage.play('ironclad');
    const { id } = play.simulated.seed();
    const first = await play.import(id);
    await play.deliver();
    const other = await play.import(ironcladId(id));
    expect(other.id).not.toBe(first.id);
    await settle(play, 2);
    expect((await present(play, other.id)).id).toBe(first.id);
    expect((await present(play, first.id)).followed).toBe(true);
  });

  test('keeps the cancellation that was accepted before its name was resolved', async () => {
    const play = stage.play('ironclad');
    const { id } = play.simulated.seed();
    await play.import(id);
    await play.deliver();
    const other = await play.import(ironcladId(id));
    play.queue.splice(0);
    expect((await play.cancel(other)).outcome).toBe('accepted');
    await settle(play);
    const ended = await present(play, other.id);
    expect(ended.cancellation?.state).toBe('confirmed');
    expect(play.simulated.request(id)?.status).toBe('cancelled');
  });

  test('can be imported again after what it led to was erased', async () => {
    const play = stage.play('ironclad');
    const { id } = play.simulated.seed();
    const first = await play.import(id);
    await play.deliver();
    const other = await play.import(ironcladId(id));
    await settle(play, 2);
    await play.cancel(await present(play, first.id));
    await settle(play);
    expect(await play.erase(await present(play, first.id))).toBe('erased');
    expect(await play.read(other.id)).toBeNull();
    const again = await play.import(ironcladId(id));
    await settle(play, 2);
    expect((await present(play, again.id)).status).toBe('cancelled');
  });
});

describe('created here and imported before its answer came', () => {
  test('both stand, and the end of one is not the end of the other', async () => {
    const play = stage.play('box-sign');
    play.simulated.set({ converting_ms: 0 });
    await play.create(box);
    play.simulated.set({ faults: [{ on: 'create', do: 'cut_after' }] });
    await play.deliver();
    play.simulated.set({ faults: [] });
    const providerId = play.simulated.requests().at(-1)?.id ?? '';
    const imported = await play.import(providerId);
    await settle(play);
    const created = await play.storedCreation();
    expect(created).toMatchObject({ providerRequestId: providerId, creation: { state: 'sent' } });
    if (created === null) return;
    await play.cancel(created);
    await settle(play);
    const ended = await present(play, created.id);
    expect(ended).toMatchObject({ status: 'cancelled', untold: null });
    expect(await play.erase(ended)).toBe('erased');
    expect(await play.read(created.id)).toBeNull();
    expect((await present(play, imported.id)).id).toBe(imported.id);
  });
});

describe('erased', () => {
  test('takes its signers with it, and a look that was under way does not bring them back', async () => {
    const play = stage.play('box-sign');
    play.simulated.set({ converting_ms: 0 });
    await play.create(box);
    await settle(play, 2);
    const created = await play.storedCreation();
    if (created === null) throw new Error('it was not created');
    await play.cancel(created);
    await settle(play, 2);
    const ended = await present(play, created.id);
    expect(await play.readDetails(created.id)).not.toBeNull();
    expect(await play.erase(ended)).toBe('erased');
    expect(await play.readDetails(created.id)).toBeNull();
    expect(await play.ports.details.merge(ended.tenant, ended.id, { name: 'late' }, true)).toBeNull();
    expect(await play.readDetails(created.id)).toBeNull();
  });

  test('is not what has changed since it was read', async () => {
    const play = stage.play('box-sign');
    const { id } = play.simulated.seed({ status: 'signed' });
    const imported = await play.import(id);
    await play.deliver();
    const signed = await present(play, imported.id);
    await play.import(id);
    expect(await play.erase(signed)).toBe('changed');
    expect(await play.read(imported.id)).not.toBeNull();
  });

  test('a reason that was repeated is kept once', async () => {
    const play = stage.play('box-sign');
    const { id } = play.simulated.seed();
    const known = await play.import(id);
    await play.deliver();
    const { wishDetails } = play.ports;
    const kept = new Set<string>();
    play.ports.wishDetails = {
      ...wishDetails,
      put: async (...wish) => {
        const ref = await wishDetails.put(...wish);
        kept.add(ref);
        return ref;
      },
    };
    const reason = 'x'.repeat(500);
    expect((await play.cancel(known, reason)).outcome).toBe('accepted');
    expect((await play.cancel(await present(play, known.id), reason)).outcome).toBe('joined');
    expect(kept.size).toBe(2);
    const left = await Promise.all([...kept].map((ref) => wishDetails.get(known.tenant, known.id, ref)));
    expect(left.filter((details) => details !== null)).toHaveLength(1);
  });
});

describe('decided by a person', () => {
  test('the document that was imported to look at it becomes the one that was created, told of or not', async () => {
    const play = stage.play('ironclad');
    play.simulated.set({ faults: [{ on: 'create', do: 'cut_after' }] });
    await play.create(creationExamples('https://files.example/nda.pdf').ironclad.body);
    await settle(play, 3);
    play.simulated.set({ faults: [] });
    const stuck = await play.storedCreation();
    if (stuck?.creation?.state !== 'undecided') throw new Error('it was decided');
    play.ports.telling = { isWanted: async () => true, sendHint: async () => undefined };
    const providerId = play.simulated.requests().at(-1)?.id ?? '';
    const imported = await play.import(providerId);
    await play.deliver();
    expect((await present(play, imported.id)).untold).not.toBeNull();
    expect((await play.resolve(stuck, providerId)).outcome).toBe('resolved');
    await settle(play, 2);
    expect((await present(play, imported.id)).id).toBe(stuck.id);
    expect(await play.storedCreation()).toMatchObject({ status: 'sent', creation: { state: 'sent' } });
  });
});
