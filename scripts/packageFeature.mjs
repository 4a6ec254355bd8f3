// Puts what the Dev Container Feature installs into features/sightline/dist: the hub's bundle and the VSIX. `npm run package` calls it.
import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const largestMegabytes = 15;

/** Fills the Feature's `dist` with this build and this VSIX; throws when the Feature is larger than it may be. Returns its size in bytes. */
export function packageFeature(vsix, feature = path.join(root, 'features', 'sightline')) {
  const to = path.join(feature, 'dist');
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  // Source maps are for the debugger of a checkout.
  cpSync(path.join(root, 'extension', 'dist', 'hub'), path.join(to, 'hub'), {
    recursive: true,
    filter: (file) => !file.endsWith('.map'),
  });
  copyFileSync(vsix, path.join(to, 'sightline.vsix'));
  copyFileSync(path.join(root, 'LICENSE'), path.join(to, 'LICENSE'));
  const size = sizeOf(feature);
  if (size > largestMegabytes * 1024 * 1024) {
    const megabytes = (size / 1024 / 1024).toFixed(2);
    throw new Error(`The Feature has ${megabytes} MB, and ${largestMegabytes} MB is the most it may have.`);
  }
  return size;
}

function sizeOf(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => statSync(path.join(folder, name)))
    .filter((state) => state.isFile())
    .reduce((sum, { size }) => sum + size, 0);
}
