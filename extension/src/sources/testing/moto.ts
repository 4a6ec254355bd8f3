import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** moto's server: an AWS that nobody here wrote. */
export type Moto =
  | { readonly kind: 'ready'; readonly endpoint: string; readonly stop: () => Promise<void> }
  | { readonly kind: 'missing'; readonly reason: string };

const packages = ['moto[server]==5.2.5'];

/** Starts moto in a Python of its own, which is made once in the project's cache; or says why there is none. */
export async function startMoto(): Promise<Moto> {
  const name = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 12);
  const folder = fileURLToPath(new URL(`../../../../.cache/python-${name}`, import.meta.url));
  const failure = install(folder);
  if (failure !== undefined) {
    return { kind: 'missing', reason: failure };
  }
  const port = await freePort();
  const child = spawn(pythonIn(folder), ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await answering(endpoint, child);
  return {
    kind: 'ready',
    endpoint,
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

/** Forgets all that was sent to it. */
export async function resetMoto(endpoint: string): Promise<void> {
  await fetch(`${endpoint}/moto-api/reset`, { method: 'POST' });
}

function install(folder: string): string | undefined {
  const stamp = join(folder, '.installed');
  if (existsSync(stamp)) {
    return undefined;
  }
  rmSync(folder, { recursive: true, force: true });
  const system = process.platform === 'win32' ? 'python' : 'python3';
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages];
  const failure = failureOf(system, ['-m', 'venv', folder]) ?? failureOf(pythonIn(folder), pip);
  if (failure === undefined) {
    writeFileSync(stamp, '');
  }
  return failure;
}

function pythonIn(folder: string): string {
  return join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
}

function failureOf(program: string, args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: 180_000 });
  return status === 0 ? undefined : (error?.message ?? stderr.trim().split('\n').at(-1) ?? `exit code ${status}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function answering(endpoint: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && child.exitCode === null) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- it says nothing when it is ready.
      await fetch(`${endpoint}/moto-api/data.json`);
      return;
    } catch {
      // Not yet.
    }
  }
  throw new Error(`moto did not start (exit code ${child.exitCode})`);
}
