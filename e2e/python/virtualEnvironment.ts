import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../paths.ts';

const requirements = path.join(projectRoot, 'e2e/python/requirements.txt');

export type VirtualEnvironment =
  | { readonly kind: 'ready'; readonly python: string }
  | { readonly kind: 'missing'; readonly reason: string };

/** A Python with what requirements.txt names, made once in the project's cache; or why there is none. */
export function virtualEnvironment(): VirtualEnvironment {
  const folder = path.join(projectRoot, '.cache/python');
  const python = path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const stamp = path.join(folder, '.installed');
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return { kind: 'ready', python };

  const system = process.platform === 'win32' ? 'python' : 'python3';
  const made = run(system, ['-m', 'venv', '--clear', folder]);
  if (made !== undefined) return { kind: 'missing', reason: `no ${system} with venv: ${made}` };
  // Without a network the answer should come soon.
  const patience = ['--retries', '1', '--timeout', '20'];
  const options = ['--quiet', '--disable-pip-version-check', ...patience];
  const installed = run(python, ['-m', 'pip', 'install', ...options, '--requirement', requirements]);
  if (installed !== undefined) return { kind: 'missing', reason: `pip cannot install: ${installed}` };
  writeFileSync(stamp, wanted);
  return { kind: 'ready', python };
}

/** What the program said last when it failed; nothing when it did not. */
function run(program: string, args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: 180_000 });
  if (status === 0) return undefined;
  return error?.message ?? stderr.trim().split('\n').at(-1) ?? `exit code ${status}`;
}
