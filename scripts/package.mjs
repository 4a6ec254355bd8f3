// `npm run package`: builds and packs the extension, fills the Dev Container Feature with it, and fails when one is larger than it may be.
import { statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createVSIX } from '@vscode/vsce';
import { build } from './build.mjs';
import { packageFeature } from './packageFeature.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const largestMegabytes = 2;

/** Writes the VSIX to `file`; throws when it is over the limit. Returns its size in bytes. */
export async function packageExtension(file) {
  await build();
  // Everything is in the bundles, so no package is packed.
  await createVSIX({ cwd: path.join(root, 'extension'), packagePath: file, dependencies: false });
  const { size } = statSync(file);
  const megabytes = size / 1024 / 1024;
  if (megabytes > largestMegabytes) {
    throw new Error(`${file} has ${megabytes.toFixed(2)} MB, and ${largestMegabytes} MB is the most it may have.`);
  }
  return size;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = path.resolve(process.argv[2] ?? path.join(root, 'sightline.vsix'));
  const size = await packageExtension(file);
  console.log(`${path.relative(process.cwd(), file)}: ${(size / 1024 / 1024).toFixed(2)} MB of ${largestMegabytes} MB`);
  const featureMegabytes = packageFeature(file) / 1024 / 1024;
  console.log(`features/sightline: ${featureMegabytes.toFixed(2)} MB of 15 MB`);
}
