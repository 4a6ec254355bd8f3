import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../paths.ts';
import { outputOf } from './run.ts';

/** What `npm test` has installed and built already, so that the containers need no network, and the extension where one is packed, as after a prebuild. */
const made = ['.cache/build.json', '.cache/sightline.vsix', 'hub/dist', 'extension/dist'];

/** The files of this checkout, in a folder whose name has what breaks careless scripts. The packages are linked, not copied. */
export async function makeCheckout(): Promise<{ readonly folder: string; remove(): void }> {
  const parent = path.join(projectRoot, '.cache/containers');
  mkdirSync(parent, { recursive: true });
  // Beside the packages, since a hard link stays on its disk.
  const temporary = mkdtempSync(path.join(parent, 'checkout-'));
  const folder = path.join(temporary, "Ada's checkout");
  mkdirSync(folder);
  const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const listed = (await outputOf('git', list, { cwd: projectRoot })).split('\0');
  const files = [...listed, ...made].filter((file) => file !== '' && existsSync(path.join(projectRoot, file)));
  // Times to the nanosecond say whether a bundle is fresh, and Node's own copy rounds them.
  const copy = ['--null', 'cp', '--archive', '--parents', '--target-directory', folder];
  await outputOf('xargs', copy, { cwd: projectRoot, input: files.join('\0') });
  // Root's tests work on a checkout like anybody's; `node` of the images has this number.
  if (process.getuid?.() === 0) await outputOf('chown', ['--recursive', '1000:1000', folder]);
  for (const packages of packageFolders()) {
    await outputOf('cp', ['--archive', '--link', path.join(projectRoot, packages), path.join(folder, packages)]);
  }
  return { folder, remove: () => rmSync(temporary, { recursive: true, force: true }) };
}

function packageFolders(): string[] {
  const workspaces = readdirSync(projectRoot).map((name) => path.join(name, 'node_modules'));
  return ['node_modules', ...workspaces].filter((folder) => existsSync(path.join(projectRoot, folder)));
}
