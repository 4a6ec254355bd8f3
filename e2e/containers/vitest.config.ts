import { defineConfig } from 'vitest/config';

// The tests in containers: one file after the other, since each brings up several services on few cores.
const config = defineConfig({
  test: {
    include: ['e2e/containers/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    // The first run makes a Debian, which may have to come from a slow mirror.
    hookTimeout: 10 * 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
// oxlint-disable-next-line import/no-default-export -- vitest reads its configuration from the default export.
export default config;
