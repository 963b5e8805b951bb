/** The rotation of a signing secret: whoever has the old one or the new one verifies. */
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openReceiver, type Receiver } from './receiver.ts';
import { hours, minutes, openStage, type Stage } from './stage.ts';

let stage: Stage;
let receiver: Receiver;

beforeEach(async () => {
  stage = await openStage();
  receiver = await openReceiver();
});
afterEach(async () => {
  await stage.close();
  await receiver.close();
});

const route = '/v1/webhook_endpoints/{endpoint_id}';
const secretOf = (bytes: number) => `whsec_${randomBytes(bytes).toString('base64')}`;

describe('a rotation', () => {
  const signaturesOf = () => String(receiver.received.at(-1)?.headers['webhook-signature']).split(' ');

  test('signs with both secrets for a day, at once, and then with the new one alone', async () => {
    const { secret: first } = await stage.put('app', { url: receiver.url });
    receiver.state.secrets = [first];
    await stage.cancel();
    await stage.settle();
    expect(signaturesOf()).toHaveLength(1);
    const { secret: second } = await stage.rotate('app');
    expect(second).not.toBe(first);
    // Whoever has one of the two, whichever, verifies.
    receiver.state.secrets = [first, second];
    await stage.cancel();
    await stage.settle();
    expect(receiver.received).toHaveLength(2);
    expect(signaturesOf()).toHaveLength(2);
    await stage.pass(hours(24) + minutes(6));
    receiver.state.secrets = [second];
    await stage.cancel();
    await stage.settle();
    expect(receiver.received).toHaveLength(3);
    expect(signaturesOf()).toHaveLength(1);
    const last = receiver.received.at(-1);
    const headers = last?.headers as Record<string, string>;
    expect(() => new Webhook(first).verify(last?.body ?? '', headers)).toThrow('No matching signature');
  });

  test('takes a secret of the client, and so does a PUT', async () => {
    const { secret: first } = await stage.put('app', { url: receiver.url });
    const second = secretOf(24);
    const answer = await stage.api().call(`POST ${route}/rotate-secret`, 'app', { secret: second });
    expect(answer).toMatchObject({ status: 200, body: { secret: second } });
    const third = secretOf(64);
    const put = await stage.put('app', { url: receiver.url, secret: third });
    expect([put.status, put.secret]).toEqual([200, undefined]);
    receiver.state.secrets = [first, second, third];
    await stage.cancel();
    await stage.settle();
    expect(receiver.received).toHaveLength(1);
  });

  test('of an endpoint that is not there is 404, and leaves no secret', async () => {
    const answer = await stage.api().call(`POST ${route}/rotate-secret`, 'app', {});
    expect(answer.status).toBe(404);
    expect(await stage.server.secretNames()).toEqual([]);
  });
});
