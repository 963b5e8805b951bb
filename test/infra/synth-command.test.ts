/** `npx cdk synth` as a newcomer runs it: nothing installed but the repository, no AWS account, no network. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { functionNames } from '../../infra/bundle.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rescind-synth-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the shell of someone who never heard of AWS gives to a command. */
const bareEnvironment = () => {
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((entry) => !entry.includes('node_modules'));
  return {
    HOME: home,
    PATH: path.join(delimiter),
    // Whoever answers there: an attempt to ask AWS or a registry fails at once instead of passing by luck.
    HTTPS_PROXY: 'http://127.0.0.1:9',
    AWS_EC2_METADATA_DISABLED: 'true',
    npm_config_update_notifier: 'false',
  };
};

describe('npx cdk synth', () => {
  test('writes the template, and prints no error', () => {
    const output = join(folder, 'cdk.out');
    const { status, stderr } = spawnSync('npx', ['cdk', 'synth', '--quiet', '--output', output], {
      cwd: root,
      env: bareEnvironment(),
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(Object.keys(JSON.parse(readFileSync(join(output, 'Rescind.template.json'), 'utf8')))).toContain(
      'Resources',
    );
  });

  test('runs the app alone just as well, with the paths of its code for the local stack', () => {
    const outdir = join(folder, 'alone');
    const { status, stderr } = spawnSync(process.execPath, ['infra/app.ts'], {
      cwd: root,
      env: { CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: '{"RETRY_BASE_MS":"5"}' },
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const template = readFileSync(join(outdir, 'Rescind.template.json'), 'utf8');
    expect(template.match(/"aws:asset:path": "asset\.[0-9a-f]+"/g)).toHaveLength(functionNames.length);
    expect(template).toContain('"RETRY_BASE_MS": "5"');
  });
});
