import { defineConfig } from 'vitest/config';

// The tests in a real VS Code: one file after the other, since each has an editor, a browser, a hub and a database on few cores. Their limits are those of a
// machine that is ten times slower.
const config = defineConfig({
  test: {
    include: ['e2e/tests/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
// oxlint-disable-next-line import/no-default-export -- vitest reads its configuration from the default export.
export default config;
