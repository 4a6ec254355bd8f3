import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '../../e2e/paths.ts';

/** Packs the extension without the list of its files, which says nothing to a person who only wants to start; throws when it fails. */
export function packExtension(vsix: string): void {
  const program = path.join(projectRoot, 'scripts/package.mjs');
  const run = spawnSync(process.execPath, [program, vsix], { cwd: projectRoot, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`The extension could not be packed:\n${run.stdout}${run.stderr}`);
}
