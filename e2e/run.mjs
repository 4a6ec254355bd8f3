// `npm run e2e [-- filter]`: only the tests in a real VS Code.
import { runTests, summaryLine } from '../scripts/testRun.mjs';

const { line, failed } = summaryLine([await runTests('e2e/vitest.config.ts', process.argv.slice(2))]);
console.log(`\n${line}`);
process.exitCode = failed === 0 ? 0 : 1;
