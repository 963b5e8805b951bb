/**
 * One write to the embedded DynamoDB in a process that dies at a step of it: before the Nth change to the files.
 * Arguments: folder, N, name of the write. Exits with 0 when the write has fewer steps than that.
 */
import { createRequire } from 'node:module';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { startEmbeddedDynamoDB } from '../../../infra/local/embedded-dynamodb.ts';
import { writeNamed } from './torn-writes.ts';

const [folder = '', steps = '', name = ''] = process.argv.slice(2);

const server = await startEmbeddedDynamoDB(folder);
const client = new DynamoDBClient({
  endpoint: server.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

// The database underneath, as dynalite itself loads it.
const level = createRequire(import.meta.resolve('dynalite'))('level');
const { prototype } = z
  .object({ Level: z.custom<{ prototype: Record<string, unknown> }>() })
  .parse(level).Level;
let left = Number(steps);
for (const step of ['_put', '_del', '_batch']) {
  const original = z.function().parse(prototype[step]);
  prototype[step] = function (this: unknown, ...given: unknown[]) {
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
    return Reflect.apply(original, this, given);
  };
}

await writeNamed(name)(client);
client.destroy();
await server.close();
