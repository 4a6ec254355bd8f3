// `npm run check`: types, lint (the layers among it), format and dead code, side by side; a line each with its time, and the
// output of what failed. Exit code 1 when anything did.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isLayerOverride, lintOverrides } from './layers.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Each step gives its output, empty when all is well. */
const steps = {
  types: () => run('typescript', 'tsc', ['-b']),
  layers: areLayersInStep,
  lint: () => run('oxlint', 'oxlint', ['--type-aware']),
  format: () => run('oxfmt', 'oxfmt', ['--check', '.']),
  'dead code': () => run('knip', 'knip', []),
};

/** Runs every step and prints the outcome; returns the names of those that failed. */
export async function check() {
  const failed = [];
  await Promise.all(
    Object.entries(steps).map(async ([name, step]) => {
      const started = performance.now();
      const output = await step();
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      console.log(`${output === '' ? '✓' : '✗'} ${name} (${seconds} s)${output === '' ? '' : `\n${output}`}`);
      if (output !== '') failed.push(name);
    }),
  );
  return failed;
}

/** Runs a package's program on this Node; returns what it printed when it failed, else nothing. */
async function run(packageName, program, args) {
  const folder = path.join(root, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const file = path.join(folder, typeof bin === 'string' ? bin : bin[program]);
  const child = spawn(process.execPath, [file, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  return code === 0 ? '' : output.trim() || `${program} ended with code ${code}`;
}

async function areLayersInStep() {
  const { overrides } = JSON.parse(readFileSync(path.join(root, '.oxlintrc.json'), 'utf8'));
  const isInStep = JSON.stringify(overrides.filter(isLayerOverride)) === JSON.stringify(lintOverrides());
  return isInStep ? '' : '.oxlintrc.json differs from scripts/layers.mjs: run "node scripts/layers.mjs".';
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const failed = await check();
  if (failed.length > 0) {
    console.log(`Failed: ${failed.join(', ')}`);
    process.exitCode = 1;
  }
}
