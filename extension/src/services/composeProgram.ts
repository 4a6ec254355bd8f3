import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Disposer } from '../lifetime.ts';
import { withoutEditorVariables } from './editorEnvironment.ts';
import type { ComposeOutcome } from './composeFailure.ts';
import { composeEnvironment, type ComposeCommandLine } from './composeTool.ts';

export interface ProgramRun extends ComposeOutcome {
  readonly stdout: string;
}

export interface ProgramOptions {
  readonly folder: string;
  /** Each piece of text as it comes. */
  readonly onText?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** Runs a program to its end, without a shell. Never rejects but with the signal's reason, once the program has ended. */
export async function runProgram(line: ComposeCommandLine, options: ProgramOptions): Promise<ProgramRun> {
  options.signal?.throwIfAborted();
  const run = await new Promise<ProgramRun>((resolve) => {
    const child = spawn(line.program, [...line.args], {
      ...spawnOptions(options.folder),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let output = '';
    const take = (text: string): void => {
      output = (output + text).slice(-longestOutput);
      options.onText?.(text);
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      take(text);
    });
    child.stderr.setEncoding('utf8').on('data', take);
    // SIGINT, as from a keyboard: compose then ends what it has under way in order.
    const abort = (): void => void child.kill('SIGINT');
    options.signal?.addEventListener('abort', abort, { once: true });
    child.once('error', (error) => resolve({ code: isMissing(error) ? undefined : 1, stdout, output: error.message }));
    child.once('close', (code) => {
      options.signal?.removeEventListener('abort', abort);
      resolve({ code: code ?? 1, stdout, output });
    });
  });
  options.signal?.throwIfAborted();
  return run;
}

/** Runs a program that goes on, a line at a time of either of its outputs, until it is disposed or ends by itself. */
export function followProgram(
  line: ComposeCommandLine,
  folder: string,
  on: { readonly line: (text: string) => void; readonly end: () => void },
): Disposer {
  const child = spawn(line.program, [...line.args], { ...spawnOptions(folder), stdio: ['ignore', 'pipe', 'pipe'] });
  let isOver = false;
  const end = (): void => {
    if (!isOver) {
      isOver = true;
      on.end();
    }
  };
  child.once('error', end);
  child.once('close', end);
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', on.line);
  }
  return {
    dispose: () => {
      isOver = true;
      child.kill('SIGKILL');
    },
  };
}

const longestOutput = 200_000;

function spawnOptions(cwd: string) {
  return { cwd, env: { ...withoutEditorVariables(process.env), ...composeEnvironment }, windowsHide: true };
}

/** A folder that is gone gives ENOENT too, but then compose has nothing to do anyway. */
function isMissing(error: Error): boolean {
  return 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES');
}
