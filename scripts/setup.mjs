// Installs what the lock file names, and only when it is missing or the lock file has changed.
// `node scripts/setup.mjs [folder]`; runs on Node 20 too, before the project's own Node 24 is there.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = path.resolve(root, process.argv[2] ?? '.');
const stamp = path.join(folder, 'node_modules', '.installed');
const wanted = createHash('sha256')
  .update(readFileSync(path.join(folder, 'package-lock.json')))
  .update(`${process.platform}-${process.arch}`)
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  console.log(
    `Installing packages${process.argv[2] ? ` for ${process.argv[2]}` : ''} (the first time this takes a minute or two)`,
  );
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
