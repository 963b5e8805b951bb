/**
 * Every await of a creation is a place to die, and so is every moment between the provider's act and our write. After each
 * death the document must be at the provider exactly once.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SignatureRequest } from '../../../shared/domain/signature-request.ts';
import { providerNames } from '../../../shared/providers/registry.ts';
import { type CreationExample, creationExamples } from './creations.ts';
import { Crash, openStage, type Play, type Stage } from './stage.ts';

let stage: Stage;
let files: Server;
let fileUrl: string;
beforeAll(async () => {
  stage = await openStage();
  files = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/pdf' }).end('%PDF-1.7\n%%EOF\n');
  });
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  fileUrl = `http://127.0.0.1:${(files.address() as AddressInfo).port}/nda.pdf`;
});
afterAll(async () => {
  files.close();
  await stage.close();
});

const survive = async (work: Promise<unknown>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
};

const isSettled = (request: SignatureRequest | null): boolean =>
  request !== null && request.creation?.state !== 'queued';

/** Client, queue, sweep and time go on until it is known what became of the creation. */
const runToTheEnd = async (play: Play, body: CreationExample['body']): Promise<SignatureRequest | null> => {
  for (let round = 0; round < 80; round += 1) {
    const request = await play.storedCreation();
    if (isSettled(request)) return request;
    // A client whose call died asks again, with the same key.
    if (request === null) await survive(play.create(body));
    await play.deliver();
    play.skip(30_000);
    await survive(play.sweep());
  }
  return play.storedCreation();
};

describe.each(providerNames)('%s', (provider) => {
  test.each(['before', 'after'] as const)('creates once, dying %s any of its awaits', async (when) => {
    const { body, options } = creationExamples(fileUrl)[provider];
    let at = 1;
    for (; at < 80; at += 1) {
      const play = stage.play(provider, {}, options);
      const before = play.simulated.requests().length;
      // The provider's clock is the real one, ours is not: lists are as quick as their delay is short here.
      if (provider === 'dropbox-sign') play.simulated.set({ index_delay_ms: 0 });
      Object.assign(play.crash, { at, when });
      await survive(play.create(body));
      const request = await runToTheEnd(play, body);
      const created = play.simulated.requests().length - before;
      expect({ at, state: request?.creation?.state, created }).toEqual({ at, state: 'sent', created: 1 });
      expect(request?.providerRequestId).not.toBeNull();
      const [signer] = (await play.storedDetails())?.signers ?? [];
      expect(signer?.linkSecret).toHaveLength(22);
      if (play.crash.count < at) break;
    }
    // The run without a crash must be among them, or the loop proved nothing.
    expect(at).toBeGreaterThan(10);
    expect(at).toBeLessThan(80);
  });

  test('looks for a document whose creation was never answered, and creates no other', async () => {
    const { body, options } = creationExamples(fileUrl)[provider];
    const play = stage.play(provider, {}, options);
    const before = play.simulated.requests().length;
    play.simulated.set({ faults: [{ on: 'create', do: 'cut_after' }] });
    await play.create(body);
    const request = await runToTheEnd(play, body);
    play.simulated.set({ faults: [] });
    expect(request?.creation?.state).toBe('sent');
    expect(play.simulated.requests().length - before).toBe(1);
    expect(request?.providerRequestId).toBe(play.simulated.requests().at(-1)?.id);
  });
});

describe('where nothing can be looked for', () => {
  test.each(['before', 'after'] as const)(
    'a death %s any await never leads to a second document',
    async (when) => {
      const { body } = creationExamples(fileUrl).ironclad;
      let undecided = 0;
      let at = 1;
      for (; at < 80; at += 1) {
        const play = stage.play('ironclad');
        const before = play.simulated.requests().length;
        Object.assign(play.crash, { at, when });
        await survive(play.create(body));
        const request = await runToTheEnd(play, body);
        expect(play.simulated.requests().length - before).toBeLessThanOrEqual(1);
        expect(['sent', 'undecided']).toContain(request?.creation?.state);
        if (request?.creation?.state === 'undecided') undecided += 1;
        if (play.crash.count < at) break;
      }
      expect(undecided).toBeGreaterThan(0);
    },
  );
});
