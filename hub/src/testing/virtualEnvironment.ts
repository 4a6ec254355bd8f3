import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type VirtualEnvironment =
  | { readonly kind: 'ready'; readonly python: string }
  | { readonly kind: 'missing'; readonly reason: string };

/** A Python with these packages (`name==version`), made once in the project's cache; or why there is none. */
export function virtualEnvironment(...packages: readonly string[]): VirtualEnvironment {
  const name = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 12);
  const folder = fileURLToPath(new URL(`../../../.cache/python-${name}`, import.meta.url));
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const stamp = join(folder, '.installed');
  if (existsSync(stamp)) {
    return { kind: 'ready', python };
  }
  rmSync(folder, { recursive: true, force: true });
  const system = process.platform === 'win32' ? 'python' : 'python3';
  const failure =
    failureOf(system, ['-m', 'venv', folder]) ??
    failureOf(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
  if (failure !== undefined) {
    return { kind: 'missing', reason: failure };
  }
  writeFileSync(stamp, '');
  return { kind: 'ready', python };
}

/** What the program said last when it failed; nothing when it did not. */
function failureOf(program: string, args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: 180_000 });
  if (status === 0) {
    return undefined;
  }
  return error?.message ?? stderr.trim().split('\n').at(-1) ?? `exit code ${status}`;
}
