// `npm test [-- filter]`: the tests beside the code, then those in a real VS Code and those in containers. Ends with the true line "N passed, N failed".
import { runTests, summaryOf } from './testRun.mjs';

const filters = process.argv.slice(2);
const counts = [await runTests('vitest.config.ts', filters)];
if (process.platform === 'linux') {
  counts.push(await runTests('e2e/vitest.config.ts', filters));
  counts.push(await runTests('e2e/containers/vitest.config.ts', filters));
} else if (filters.length === 0) {
  // The browser that the others drive comes from npm for Linux only; elsewhere a desktop VS Code is downloaded.
  const { runOnDesktop } = await import('../e2e/desktopRun.ts');
  counts.push(await runOnDesktop('stable'));
}
const { text, failed } = summaryOf(counts);
console.log(`\n${text}`);
process.exitCode = failed === 0 ? 0 : 1;
