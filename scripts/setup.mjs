// Installs what the lock file names, and only when it is missing or the lock file has changed; then builds what is missing.
// `node scripts/setup.mjs [folder]`; runs on Node 20 too, before the project's own Node 24 is there.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const subfolder = process.argv[2];
const folder = path.resolve(root, subfolder ?? '.');
const stamp = path.join(folder, 'node_modules', '.installed');
const wanted = createHash('sha256')
  .update(readFileSync(path.join(folder, 'package-lock.json')))
  .update(`${process.platform}-${process.arch}`)
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) install();
if (subfolder === undefined) build();

function install() {
  const what = subfolder === undefined ? 'packages' : `packages for ${subfolder}`;
  console.log(`Installing ${what} (the first time this takes a minute or two)`);
  // Install scripts are off: nothing here needs them, and a package should not run code on a person's machine by being installed.
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env['npm_execpath'];
  const run = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: folder, stdio: 'inherit' })
    : spawnSync('npm', args, { cwd: folder, stdio: 'inherit', shell: true });
  if (run.status !== 0) process.exit(run.status ?? 1);
  // npm ci empties node_modules first, so a broken install leaves no stamp behind.
  writeFileSync(stamp, wanted);
}

/** The build needs Node 24, which npm has just installed, except on macOS, where a person brings it. */
function build() {
  const windows = process.platform === 'win32';
  const installed = path.join(
    root,
    'node_modules',
    `node-${windows ? 'win' : process.platform}-${process.arch}`,
    'bin',
    windows ? 'node.exe' : 'node',
  );
  const node = existsSync(installed) ? installed : process.execPath;
  if (node === process.execPath && Number(process.versions.node.split('.')[0]) < 24) {
    console.error(`Sightline needs Node 24 or newer on this system; this is ${process.version}.`);
    process.exit(1);
  }
  const run = spawnSync(node, [path.join(root, 'scripts', 'build.mjs')], { cwd: root, stdio: 'inherit' });
  if (run.status !== 0) process.exit(run.status ?? 1);
}
