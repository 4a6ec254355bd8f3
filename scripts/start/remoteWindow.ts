import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '../../e2e/paths.ts';
import { packExtension } from './packExtension.ts';

/**
 * In a terminal of a remote window `code` talks to that window: the extension is installed there from a VSIX, and the sample's own
 * settings start it. Returns the exit code; the window lives on without us.
 */
export function openInRemoteWindow(sampleFolder: string): number {
  const vsix = path.join(projectRoot, '.cache', 'sightline.vsix');
  packExtension(vsix);
  for (const args of [['--install-extension', vsix, '--force'], [sampleFolder]]) {
    const run = spawnSync('code', args, { stdio: 'inherit' });
    if (run.status !== 0) {
      console.error(`"code ${args.join(' ')}" ended with code ${String(run.status)}.`);
      return 1;
    }
  }
  console.log(
    'The sample is open in a window of this editor, with Sightline in its activity bar. "Sightline: Stop All" in the palette ends it.',
  );
  return 0;
}
