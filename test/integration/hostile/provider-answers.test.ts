/** Whatever stands in a provider's place, one call to it is bounded, ends in a classified answer, and the next one heals. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Instant } from '../../../shared/domain/ids.ts';
import { signatureRequest } from '../../../shared/http/contract/responses.ts';
import { viewRequest } from '../../../shared/http/request-view.ts';
import { callProvider } from '../../../shared/providers/call.ts';
import { connections } from '../../../shared/providers/connections.ts';
import { type ProviderName, providerNames, providers } from '../../../shared/providers/registry.ts';
import { verificationKeys } from '../../../shared/providers/verification-keys.ts';
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

describe('in the place of the token endpoint, and of the published key', () => {
  const now = () => Date.now() as Instant;
  const exchanging = [
    [
      'box-sign',
      { client_id: 'app', client_secret: 'secret', subject_type: 'enterprise', subject_id: '1' },
      'BOX_TOKEN_URL',
    ],
    [
      'ironclad',
      { client_id: 'app', client_secret: 'secret', as_user_email: 'bot@acme.example' },
      'IRONCLAD_TOKEN_URL',
    ],
  ] as const;

  test.each(exchanging)('%s: no behaviour gives a token', async (name, credentials, setting) => {
    const connect = connections({ call: callProvider, environment: { [setting]: hostile.url }, now });
    for (const [what, behaviour] of Object.entries(behaviours)) {
      hostile.behave(behaviour);
      const connected = await connect(providers[name], credentials, {}, callMs);
      expect([what, connected.kind]).toEqual([what, expect.stringMatching(/^(try_again|refused)$/)]);
    }
  });

  test('Ironclad: no behaviour gives a key that anything is verified with', async () => {
    const environment = { IRONCLAD_BASE_URL: hostile.url };
    const connect = connections({ call: callProvider, environment, now });
    const credentials = { access_token: 'token' };
    for (const [what, behaviour] of Object.entries(behaviours)) {
      hostile.behave(behaviour);
      const keyOf = verificationKeys({ call: callProvider, connect, now, timeoutMs: callMs });
      const owner = { uid: what, provider: providers.ironclad, options: {}, credentials };
      expect([what, await keyOf(owner, { refused: false })]).toEqual([what, null]);
    }
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

describe('what is told of a followed request', () => {
  const signersOf = (count: number, ref: string, text: string) =>
    Array.from({ length: count }, (_, at) => ({ ref: `${ref}${at}`, text }));
  /** An answer that tells of so many signers, and expires at a time beyond all calendars. */
  const told: Readonly<
    Partial<Record<ProviderName, (id: string, signers: readonly { ref: string; text: string }[]) => object>>
  > = {
    'dropbox-sign': (id, signers) => ({
      signature_request: {
        signature_request_id: id,
        is_complete: false,
        expires_at: 253_402_300_799,
        signatures: signers.map(({ ref, text }) => ({
          signature_id: ref,
          status_code: 'declined',
          ...(text !== '' && { signer_name: text, decline_reason: text, signer_email_address: text }),
        })),
      },
    }),
    'box-sign': (id, signers) => ({
      id,
      status: 'sent',
      auto_expire_at: '+275760-09-13T00:00:00.000Z',
      signers: signers.map(({ ref, text }) => ({
        email: ref + text,
        signer_decision: { type: 'declined', finalized_at: '-271821-04-20T00:00:00Z', additional_info: text },
      })),
    }),
    ironclad: (id, signers) => ({
      id,
      status: 'active',
      step: 'Sign',
      signers: signers.map(({ ref, text }) => ({ roleName: ref, name: text.slice(0, 200) })),
    }),
  };

  const followedAt = async (name: ProviderName) => {
    const play = stage.play(name, { callMs: 2_000, deadlineMs: 1e12 });
    const { id } = play.simulated.seed();
    const { id: own } = await play.import(id);
    standInFor(play, name);
    const read = async (signers: readonly { ref: string; text: string }[]) => {
      const body = JSON.stringify(told[name]?.(id, signers));
      hostile.behave((socket) =>
        socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`),
      );
      const begun = performance.now();
      await play.dispatch({
        hint: { id: own, tenant: play.account.tenant, version: 0, cause: 'refresh' },
        at: play.now(),
        receives: 1,
      });
      return performance.now() - begun;
    };
    return { play, own, read };
  };
  const names = Object.keys(told) as ProviderName[];

  test.each(names)('%s: signers beyond number are neither kept nor waited for', async (name) => {
    const { play, own, read } = await followedAt(name);
    expect(await read(signersOf(6_000, 's', ''))).toBeLessThan(5_000);
    const kept = JSON.stringify(await play.readDetails(own)) ?? '';
    expect(kept.length).toBeLessThan(200_000);
    expect((await play.read(own))?.readAt).not.toBeNull();
  });

  test.each(names)('%s: other signers each time do not add up to more than can be stored', async (name) => {
    const { play, own, read } = await followedAt(name);
    for (let time = 0; time < 12; time += 1) {
      play.skip(120_000);
      await read(signersOf(30, `time${time}-`, '€'.repeat(1_900)));
    }
    // DynamoDB takes 400 KB.
    expect(Buffer.byteLength(JSON.stringify(await play.readDetails(own)))).toBeLessThan(400_000);
    expect((await play.read(own))?.status).not.toBe('unknown');
  });

  test.each(names)('%s: a time beyond all calendars is no time', async (name) => {
    const { play, own, read } = await followedAt(name);
    await read(signersOf(1, 's', 'x'));
    const request = await play.read(own);
    const details = await play.readDetails(own);
    if (request === null || details === null) throw new Error('nothing was stored');
    const shown = viewRequest(request, { reason: null, details }, 'https://api.example.com');
    expect(signatureRequest.safeParse(shown).error?.issues).toBeUndefined();
  });
});
