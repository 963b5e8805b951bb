/** Adding a provider really is a folder and a line: done to a copy of the sources, which is then checked and synthesized. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);
let copy: string;

const rewrite = async (path: string, change: (text: string) => string): Promise<void> =>
  writeFile(path, change(await readFile(path, 'utf8')));

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'rescind-sixth-'));
  for (const part of ['shared', 'functions', 'infra', 'test/simulators', 'tsconfig.json', 'package.json']) {
    await cp(join(root, part), join(copy, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  const folder = join(copy, 'shared/providers/made-up');
  await cp(join(copy, 'shared/providers/template'), folder, { recursive: true });
  for (const file of await readdir(folder)) {
    await rewrite(join(folder, file), (text) =>
      text
        .replaceAll('example-sign', 'made-up')
        .replaceAll('EXAMPLE_SIGN', 'MADE_UP')
        .replaceAll('exampleSign', 'madeUp'),
    );
  }
  await rewrite(join(copy, 'shared/providers/registry.ts'), (text) =>
    text
      .replace('import ', "import { madeUp } from './made-up/provider.ts';\nimport ")
      .replace('export const providers = {', "export const providers = {\n  'made-up': madeUp,"),
  );
});
afterAll(() => rm(copy, { recursive: true, force: true }));

test('the copy type-checks', async () => {
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', copy]);
});

test('what deploys has a queue, an address, an account form and the adapter of the new provider', async () => {
  const out = join(copy, 'cdk.out');
  const context = JSON.stringify({ MADE_UP_BASE_URL: 'https://sandbox.example.com/v1' });
  await run(process.execPath, [join(copy, 'infra/app.ts')], {
    env: { ...process.env, CDK_OUTDIR: out, CDK_CONTEXT_JSON: context },
  });
  const template = await readFile(join(out, 'Rescind.template.json'), 'utf8');
  expect(template).toContain('"QUEUE_URL_MADE_UP"');
  expect(template).toContain('"MADE_UP_BASE_URL": "https://sandbox.example.com/v1"');
  expect(await readFile(join(out, 'bundles/docs/openapi.json'), 'utf8')).toContain('"const":"made-up"');
  for (const name of ['api', 'accounts', 'dispatch', 'webhook']) {
    expect(
      (await readFile(join(out, 'bundles', name, 'index.mjs'), 'utf8')).includes('"made-up"'),
      name,
    ).toBe(true);
  }
});
