import { defineConfig } from 'vitest/config';

// Unit, property, golden and socket tests. The tests in a real VS Code are in e2e/ and have a runner of their own.
const config = defineConfig({
  test: {
    include: ['{telemetry,hub,extension,sample-backend,bench,scripts}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    pool: 'forks',
    testTimeout: 60_000,
    // What comes from another process may take its time on few cores; what never comes is told then.
    expect: { poll: { timeout: 20_000 } },
  },
});
// oxlint-disable-next-line import/no-default-export -- vitest reads its configuration from the default export.
export default config;
