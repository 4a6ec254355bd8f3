import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { projectRoot } from './paths.ts';

/** Bundles the suite as the one CommonJS file that an extension host can load; returns its path. */
export async function bundleSuite(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const outfile = path.join(folder, 'suite.cjs');
  await build({
    absWorkingDir: projectRoot,
    entryPoints: ['e2e/suite/index.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}
