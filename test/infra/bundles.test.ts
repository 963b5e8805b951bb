/** The real bundles: small, whole, and loadable with nothing beside them but Node. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { type Bundles, bundleFunctions, functionNames } from '../../infra/bundle.ts';
import { environmentNames, queueUrlName } from '../../shared/environment.ts';
import { providerNames } from '../../shared/providers/registry.ts';

const limitKB = 300;
let outdir: string;
let bundles: Bundles;

beforeAll(async () => {
  outdir = await mkdtemp(join(tmpdir(), 'rescind-bundles-'));
  bundles = await bundleFunctions(outdir);
});
afterAll(() => rm(outdir, { recursive: true }));

describe.each(functionNames)('the bundle of %s', (name) => {
  const entry = () => join(bundles[name], 'index.mjs');

  test(`is at most ${limitKB} KB`, async () => {
    expect((await stat(entry())).size).toBeLessThanOrEqual(limitKB * 1024);
  });

  test('loads outside the repository, and exports what the template names', () => {
    const load = `import(${JSON.stringify(entry())}).then((m) => process.stdout.write(typeof m.handler))`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--eval', load], {
      cwd: outdir,
      env: functionEnvironment,
      encoding: 'utf8',
    });
    expect({ stdout, stderr }).toEqual({ stdout: 'function', stderr: '' });
  });
});

test('the same sources make the same bundles: an unchanged function is not deployed anew', async () => {
  const again = await bundleFunctions(join(outdir, 'again'));
  for (const name of functionNames) {
    const [first, second] = await Promise.all(
      [bundles[name], again[name]].map((folder) => readFile(join(folder, 'index.mjs'))),
    );
    expect(second).toEqual(first);
  }
});

test('the documentation lies beside its function: the viewer, and the OpenAPI document', async () => {
  const read = (file: string) => readFile(join(bundles.docs, file), 'utf8');
  expect(
    z.object({ openapi: z.string(), paths: z.object({}) }).parse(JSON.parse(await read('openapi.json'))),
  ).toBeTruthy();
  expect(await read('swagger-ui-bundle.js')).toContain('SwaggerUIBundle');
  expect(await read('swagger-ui.css')).toContain('.swagger-ui');
});

const functionEnvironment = {
  AWS_REGION: 'eu-central-1',
  PUBLIC_BASE_URL: 'https://cancel.example.com',
  [environmentNames.table]: 'table',
  [environmentNames.secretPrefix]: 'prefix/',
  [environmentNames.endpointSecretPrefix]: 'endpoints/',
  [environmentNames.sealingKey]: 'sealing-key',
  [environmentNames.notifyQueue]: 'https://sqs.example.com/notify',
  ...Object.fromEntries(providerNames.map((name) => [queueUrlName(name), `https://sqs.example.com/${name}`])),
};
