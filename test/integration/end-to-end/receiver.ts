/** A client app's own endpoint: takes events, and verifies each with the public library before it believes it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import * as z from 'zod/mini';

const event = z.object({
  type: z.string(),
  timestamp: z.string(),
  data: z.looseObject({ id: z.string(), previous_state: z.nullable(z.string()), state: z.string() }),
});
export type ReceivedEvent = z.output<typeof event> & { readonly webhookId: string };

export const openReceiver = async () => {
  const received: ReceivedEvent[] = [];
  const refused: string[] = [];
  let secret = '';
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      try {
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
        );
        const said = new Webhook(secret).verify(Buffer.concat(chunks).toString('utf8'), headers);
        received.push({ ...event.parse(said), webhookId: headers['webhook-id'] ?? '' });
        response.writeHead(204).end();
      } catch (error) {
        refused.push(String(error));
        response.writeHead(400).end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    received,
    refused,
    use: (given: string) => {
      secret = given;
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
};

export type Receiver = Awaited<ReturnType<typeof openReceiver>>;
