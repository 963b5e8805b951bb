import { defineConfig } from 'vitest/config';
export default defineConfig({
  test: {
    include: ['test/unit/{domain,notify,providers}/**/*.test.ts'],
    exclude: ['**/*properties.test.ts', '**/addresses.test.ts'],
    environment: 'node',
    testTimeout: 60_000,
  },
});
