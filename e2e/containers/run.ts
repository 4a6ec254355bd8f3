import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string;
  /** The whole environment; absent: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  readonly limitMillis?: number;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Code null where it could not be started or took longer than the limit. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { input, limitMillis, ...place } = options;
  return new Promise((resolve) => {
    const child = spawn(program, [...args], { ...place, stdio: 'pipe', timeout: limitMillis });
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
    child.on('error', ({ message }) => resolve({ code: null, ...said, stderr: `${said.stderr}${message}` }));
    child.on('close', (code) => resolve({ code, ...said }));
    // A program that has ended does not read what it was to be given.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** What the program printed. Throws with all it said when it fails. */
export async function outputOf(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code !== 0) {
    throw new Error(`${[program, ...args].join(' ').slice(0, 300)} ended with ${code}:\n${stdout}\n${stderr}`);
  }
  return stdout;
}
