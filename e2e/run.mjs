// `npm run e2e [-- filter]`: only the tests in a real VS Code.
import { runTests, summaryOf } from '../scripts/testRun.mjs';

const { text, failed } = summaryOf([await runTests('e2e/vitest.config.ts', process.argv.slice(2))]);
console.log(`\n${text}`);
process.exitCode = failed === 0 ? 0 : 1;
