import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installVsix } from '../../e2e/codeServer.ts';
import { packExtension } from './packExtension.ts';

/** Puts the extension into the profile, unless the same one is there: every folder that is opened then has it. */
export async function installExtension(profileFolder: string, extensionFolder: string): Promise<void> {
  const stamp = path.join(profileFolder, 'installed');
  const wanted = digestOf(extensionFolder);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log('Installing Sightline into it ...');
  // VS Code keeps an extension of the same version; it is always the same one while it is being developed.
  rmSync(path.join(profileFolder, 'extensions'), { recursive: true, force: true });
  const vsix = path.join(path.dirname(profileFolder), 'sightline.vsix');
  packExtension(vsix);
  await installVsix(profileFolder, vsix);
  writeFileSync(stamp, wanted);
}

function digestOf(extensionFolder: string): string {
  const files = globSync('{package.json,README.md,media/**,dist/**}', { cwd: extensionFolder, withFileTypes: true });
  const digest = createHash('sha256');
  for (const file of files) {
    const name = path.join(file.parentPath, file.name);
    if (file.isFile() && !name.endsWith('.map')) digest.update(name).update(readFileSync(name));
  }
  return digest.digest('hex');
}
