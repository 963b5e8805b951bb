/**
 * The tests that mutations are tried on (`npm run test:mutation`): the examples of the domain, of notify and of the
 * providers. Tests of thousands of generated runs would take hours for it; what only they notice counts as survived.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/{domain,notify,providers}/**/*.test.ts'],
    exclude: ['**/*properties.test.ts', '**/{model,retrying}.test.ts', '**/addresses.test.ts'],
    environment: 'node',
    testTimeout: 60_000,
  },
});
