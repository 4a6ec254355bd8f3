import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { ReadyLine } from '../client/api.ts';

const program = fileURLToPath(new URL('../main.ts', import.meta.url));
export const freePorts = ['--port', '0', '--otlp-port', '0', '--otlp-grpc-port', '0', '--xray-port', '0'];

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HubProcess {
  readonly child: ChildProcess;
  readonly ready: ReadyLine;
  readonly ended: Promise<Ended>;
}

/** Starts `sightline-hub` as a process of its own, killed when the test has ended. */
export function runHub(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  return run([program, ...args], env);
}

/** Starts an app of `testing/apps/` with an environment and answers what it printed. */
export async function runApp(name: string, env: Readonly<Record<string, string>>): Promise<Ended> {
  return await run([fileURLToPath(new URL(`apps/${name}.ts`, import.meta.url))], env).ended;
}

/** Starts a hub on free ports and waits for its ready line. */
export async function startHubProcess(dataDir: string, ...args: string[]): Promise<HubProcess> {
  return await startHubProcessIn({}, dataDir, ...args);
}

/** The same with an environment. */
export async function startHubProcessIn(
  env: Readonly<Record<string, string>>,
  dataDir: string,
  ...args: string[]
): Promise<HubProcess> {
  const { child, ended } = runHub(['--json', '--data-dir', dataDir, ...freePorts, ...args], env);
  const line = await Promise.race([firstLine(child), ended.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
  return { child, ended, ready: JSON.parse(line) as ReadyLine };
}

function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
  return { child, ended };
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) {
    throw new Error('The process has no standard output.');
  }
  const [line] = (await once(createInterface({ input: stdout }), 'line')) as [string];
  return line;
}
