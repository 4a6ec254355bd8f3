// `npm test [-- filter]`: the tests beside the code, then those in a real VS Code. Ends with the true line "N passed, N failed".
import { runTests, summaryLine } from './testRun.mjs';

const filters = process.argv.slice(2);
const counts = [await runTests('vitest.config.ts', filters), await runTests('e2e/vitest.config.ts', filters)];
const { line, failed } = summaryLine(counts);
console.log(`\n${line}`);
process.exitCode = failed === 0 ? 0 : 1;
