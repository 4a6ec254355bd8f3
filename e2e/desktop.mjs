// `npm run e2e:desktop [-- minimum|stable|insiders|1.130.0]`: the suite of the extension host in a desktop VS Code, which
// @vscode/test-electron downloads. `VSCODE_PATH=/path/to/code` takes an installed one instead.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const setup = spawnSync(process.execPath, [fileURLToPath(new URL('../scripts/setup.mjs', import.meta.url))], {
  stdio: 'inherit',
});
if (setup.status !== 0) process.exit(1);
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(`The tests need Node 24 or newer; this is ${process.version}. Run them by "npm run e2e:desktop".`);
  process.exit(1);
}
// Loaded only now: the packages may just have been installed.
const { runOnDesktop } = await import('./desktopRun.ts');
const { summaryOf } = await import('../scripts/testRun.mjs');
const { text, failed } = summaryOf([await runOnDesktop(process.argv[2] ?? 'stable')]);
console.log(`\n${text}`);
process.exitCode = failed === 0 ? 0 : 1;
