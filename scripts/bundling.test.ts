import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BuildOptions } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { buildBundles, mirror } from './bundling.mjs';

const options: BuildOptions = { entryPoints: ['main.ts'], bundle: true, outdir: 'dist', logLevel: 'silent' };

/** A project of one source file. */
function projectThatSays(text: string): string {
  const root = mkdtempSync(path.join(tmpdir(), 'sightline-bundling-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  edit(root, `console.log("${text}")`, -60);
  return root;
}

/** Saves the source as a person does, never in the very millisecond of a build. */
function edit(root: string, source: string, secondsFromNow: number): void {
  const at = Date.now() / 1000 + secondsFromNow;
  writeFileSync(path.join(root, 'main.ts'), source);
  utimesSync(path.join(root, 'main.ts'), at, at);
}

const bundleOf = (root: string): string => path.join(root, 'dist/main.js');

/** Builds, and compares what was built and what the bundle says then. */
async function check(root: string, expected: string, more: BuildOptions = {}): Promise<void> {
  const { built, failed } = await buildBundles(root, { app: { ...options, ...more } });
  const [, said] = /console\.log\("(.*)"\)/.exec(readFileSync(bundleOf(root), 'utf8')) ?? [];
  const outcome = built.length > 0 ? 'built' : failed.length > 0 ? 'failed' : 'left';
  expect(`${outcome}, says ${said}`).toBe(expected);
}

test('a bundle is built when its source has changed, and else left', async () => {
  const root = projectThatSays('one');
  await check(root, 'built, says one');
  await check(root, 'left, says one');
  edit(root, 'console.log("two")', -30);
  await check(root, 'built, says two');
});

test('a bundle that does not build stays as it was', async () => {
  const root = projectThatSays('one');
  await check(root, 'built, says one');
  edit(root, 'console.log(', -30);
  await check(root, 'failed, says one');
});

test('a bundle that was torn, or written by somebody else, is built anew', async () => {
  const root = projectThatSays('one');
  await check(root, 'built, says one');
  truncateSync(bundleOf(root), 5);
  await check(root, 'built, says one');
  writeFileSync(bundleOf(root), readFileSync(bundleOf(root), 'utf8').replace('one', 'two'));
  await check(root, 'built, says one');
});

test('what was noted of the last build may be damaged', async () => {
  const root = projectThatSays('one');
  await check(root, 'built, says one');
  truncateSync(path.join(root, '.cache/build.json'), 20);
  await check(root, 'built, says one');
});

test('a source that is saved while it is built is built again', async () => {
  const root = projectThatSays('one');
  const saving = {
    name: 'saving',
    setup: ({ onEnd }: { onEnd: (callback: () => void) => void }) => onEnd(() => edit(root, 'console.log("two")', 60)),
  };
  await check(root, 'built, says one', { plugins: [saving] });
  await check(root, 'built, says two');
});

test('whoever reads a bundle while it is built finds it whole', async () => {
  const root = projectThatSays('one');
  await check(root, 'built, says one');
  const before = readFileSync(bundleOf(root), 'utf8');
  const reader = openSync(bundleOf(root), 'r');
  edit(root, 'console.log("two")', -30);
  await check(root, 'built, says two');
  expect(readFileSync(reader, 'utf8')).toBe(before);
  closeSync(reader);
  expect(readdirSync(path.join(root, 'dist'))).toEqual(['main.js']);
});

test('a build that is killed leaves nothing that is taken for whole, and nothing beside the bundle', async () => {
  const root = projectThatSays('one');
  await check(root, 'built, says one');
  edit(root, 'console.log("two")', -30);
  // As by a kill while the first file is moved to its place.
  const program = `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    fs.renameSync = () => process.kill(process.pid, 'SIGKILL');
    syncBuiltinESMExports();
    const { buildBundles } = await import(${JSON.stringify(new URL('bundling.mjs', import.meta.url).href)});
    await buildBundles(${JSON.stringify(root)}, { app: ${JSON.stringify(options)} });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  expect(readdirSync(path.join(root, 'dist'))).toEqual(['main.js']);
  expect(readFileSync(bundleOf(root), 'utf8')).toContain('one');
  await check(root, 'built, says two');
});

test('a folder of copies is completed, and holds nothing else', () => {
  const root = projectThatSays('one');
  mirror(root, ['main.ts'], 'copy', { 'package.json': '{}\n' });
  truncateSync(path.join(root, 'copy/main.ts'), 3);
  writeFileSync(path.join(root, 'copy/old.js'), '');
  mirror(root, ['main.ts'], 'copy', { 'package.json': '{}\n' });
  expect(readdirSync(path.join(root, 'copy'))).toEqual(['main.ts', 'package.json']);
  expect(readFileSync(path.join(root, 'copy/main.ts'), 'utf8')).toBe('console.log("one")');
});
