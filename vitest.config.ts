import { defineConfig } from 'vitest/config';

const project = (name: string, testTimeout: number) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    environment: 'node' as const,
    testTimeout,
    hookTimeout: 60_000,
  },
});

/** One project for each kind of test: `vitest run --project unit` runs one of them alone. */
export default defineConfig({
  test: {
    // Most of the time is spent waiting for processes: three files at once, also where there are two cores.
    maxWorkers: 3,
    projects: [
      project('unit', 60_000),
      project('infra', 60_000),
      project('integration', 60_000),
      // Two minutes where nothing else is at work.
      project('simulation', 1_800_000),
    ],
  },
});
