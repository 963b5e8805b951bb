/** How long a bundle takes from spawn to its first answer, as a ratio to an empty handler's in the same run. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFunctionPool } from '../../infra/local/lambda/function-pool.ts';
import { startRuntimeApi } from '../../infra/local/lambda/runtime-api.ts';
import type { LocalStack } from '../../infra/local/local-stack.ts';

const rounds = 7;

/** @returns for each function the median of its paired ratios; 1 is an empty handler */
export const coldStarts = async (stack: LocalStack, folder: string): Promise<ReadonlyMap<string, number>> => {
  const empty = join(folder, 'empty');
  await mkdir(empty, { recursive: true });
  await writeFile(join(empty, 'index.mjs'), 'export const handler = async () => ({});\n');
  const api = await startRuntimeApi(folder);
  try {
    const ratios = new Map<string, number>();
    for (const [name, { definition }] of stack.functions) {
      const measured: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        const baseline = await firstAnswerMs({ ...definition, codeDirectory: empty }, api);
        measured.push((await firstAnswerMs(definition, api)) / baseline);
      }
      ratios.set(name, median(measured));
    }
    return ratios;
  } finally {
    await api.close();
  }
};

type Definition = Parameters<typeof createFunctionPool>[0];

/** The event fits no function: what is measured is loading and the first turn, whatever the answer. */
const firstAnswerMs = async (
  definition: Definition,
  api: Awaited<ReturnType<typeof startRuntimeApi>>,
): Promise<number> => {
  const started = performance.now();
  const pool = createFunctionPool(definition, api, () => {});
  await pool.invoke({ Records: [] });
  const ms = performance.now() - started;
  await pool.close(1_000);
  return ms;
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
