import { defineConfig } from 'vitest/config';

interface Kind {
  readonly name: string;
  readonly testTimeout: number;
  readonly retry?: number;
  /** Kinds of a higher group wait for those of a lower one. */
  readonly group?: number;
}

const project = ({ name, testTimeout, retry = 0, group = 0 }: Kind) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    environment: 'node' as const,
    testTimeout,
    hookTimeout: 120_000,
    retry,
    sequence: { groupOrder: group },
  },
});

/** One project for each kind of test: `vitest run --project unit` runs one of them alone. */
export default defineConfig({
  test: {
    // Most of the time is spent waiting for processes: three files at once, also where there are two cores.
    maxWorkers: 3,
    projects: [
      project({ name: 'unit', testTimeout: 60_000 }),
      project({ name: 'infra', testTimeout: 120_000 }),
      // Real processes in real time: on a busy machine one may be too slow once. What is wrong fails twice, and a second
      // try is reported.
      project({ name: 'integration', testTimeout: 60_000, retry: 1 }),
      // Two minutes on two cores, where nothing else is at work.
      project({ name: 'simulation', testTimeout: 1_800_000, group: 1 }),
    ],
  },
});
