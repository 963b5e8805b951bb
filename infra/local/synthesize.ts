/** Runs the CDK app in a process of its own, as the CDK CLI does. */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * @param outdir is replaced
 * @param context CDK context values
 * @throws Error with what the app had to say
 */
export const synthesize = async (
  outdir: string,
  context: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<string> => {
  await rm(outdir, { recursive: true, force: true });
  const app = spawn(process.execPath, ['infra/app.ts'], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({
        ...context,
        'aws:cdk:enable-asset-metadata': true,
        'aws:cdk:enable-path-metadata': true,
      }),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(signal ? { signal } : {}),
    killSignal: 'SIGKILL',
  });
  const complaint: Buffer[] = [];
  app.stderr.on('data', (chunk: Buffer) => complaint.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    app.once('error', reject);
    app.once('close', resolve);
  });
  if (code !== 0) throw new Error(`the CDK app failed:\n${Buffer.concat(complaint)}`);
  return outdir;
};
