import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Disposable, Emitter } from '../lifetime.ts';
import type { ServiceEndpoints } from './serviceState.ts';

export interface ServiceCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** On Windows, scripts such as `npm.cmd` run only through a shell. */
  readonly isShellNeeded?: boolean;
  /** Gives it a standard input that stays open until we end, however we do. Without, it has none. */
  readonly isInputHeld?: boolean;
}

/** How a process ended: by itself with a code, by a signal, or because it never started. */
export type ServiceExit =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'notStarted'; readonly reason: string };

/** How long a process may take to end by itself before it is killed. */
const politeMillis = 5_000;

/** A backend's or database's process with all that it starts: one process group, ended as one. */
export class ServiceProcess extends Disposable {
  readonly #written = this.register(new Emitter<string>());
  readonly #announced = this.register(new Emitter<ServiceEndpoints>());
  /** What it writes to standard output and standard error, as it comes. */
  readonly onOutput = this.#written.event;
  /** Its ready line: see `parseServiceReadyLine`. */
  readonly onReady = this.#announced.event;
  readonly exited: Promise<ServiceExit>;
  readonly #child: ChildProcess;
  #isOver = false;

  constructor(command: ServiceCommand) {
    super();
    this.#child = spawn(command.command, [...command.args], {
      cwd: command.cwd,
      env: command.env,
      shell: command.isShellNeeded ?? false,
      // A group of its own, so that what it starts ends with it.
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: [command.isInputHeld === true ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    });
    this.#listen(command.command);
    this.exited = exitOf(this.#child, command).then((exit) => {
      this.#isOver = true;
      this.#signal('SIGTERM');
      return exit;
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** SIGTERM to the whole group, SIGKILL to what is left of it after a while. Settles when it has ended. */
  async stop(patienceMillis = politeMillis): Promise<ServiceExit> {
    this.#signal('SIGTERM');
    const started = Date.now();
    while ((!this.#isOver || isGroupAlive(this.pid)) && Date.now() - started < patienceMillis) {
      await sleep(20);
    }
    this.kill();
    return await this.exited;
  }

  /** Ends the whole group now. */
  kill(): void {
    this.#signal('SIGKILL');
  }

  #listen(program: string): void {
    let line = '';
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (line + text).split('\n');
      line = (lines.pop() ?? '').slice(-maxLineLength);
      lines.map(parseServiceReadyLine).forEach((endpoints) => endpoints && this.#announced.fire(endpoints));
      this.#written.fire(text);
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#written.fire(text));
    this.#child.on('error', (error) => this.#written.fire(`${program}: ${error.message}\n`));
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.pid !== undefined) {
      signalGroup(this.pid, signal);
    }
  }
}

// A ready line is short; a program that never ends a line must not fill the memory.
const maxLineLength = 10_000;

/** The endpoints of a line such as `{"event":"ready","endpoints":{"backend":"http://127.0.0.1:4567"}}`; `undefined` for any other line. */
export function parseServiceReadyLine(line: string): ServiceEndpoints | undefined {
  if (!line.trimStart().startsWith('{')) {
    return undefined;
  }
  try {
    const { event, endpoints } = JSON.parse(line) as { event?: unknown; endpoints?: unknown };
    const entries =
      event === 'ready' && typeof endpoints === 'object' && endpoints !== null ? Object.entries(endpoints) : undefined;
    return (
      entries && Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
    );
  } catch {
    // A line that only looks like JSON is the program's own output.
    return undefined;
  }
}

/** What happened, as the end of a sentence that begins with the service's name. */
export function describeExit(exit: ServiceExit): string {
  switch (exit.kind) {
    case 'code':
      return exit.code === 0 ? 'ended by itself' : `ended with exit code ${exit.code}`;
    case 'signal':
      return `was ended by ${exit.signal}`;
    case 'notStarted':
      return exit.reason;
  }
}

/** Signals a process and everything in its group; one that has ended already is no failure. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', ...(signal === 'SIGKILL' ? ['/F'] : [])], {
      windowsHide: true,
      stdio: 'ignore',
    }).on('error', () => undefined);
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: there is nothing left of the group, which is what was wanted.
  }
}

/** Whether there is a process of this id, whoever started it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether anything of a process group is left. On Windows, where there are no groups, always false. */
export function isGroupAlive(pid: number | undefined): boolean {
  if (pid === undefined || process.platform === 'win32') {
    return false;
  }
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    // ESRCH: nothing is left.
    return false;
  }
}

function exitOf(child: ChildProcess, { command, cwd }: ServiceCommand): Promise<ServiceExit> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ kind: 'notStarted', reason: describeSpawnError(error, command, cwd) }),
    );
    child.once('exit', (code, signal) =>
      resolve(code === null ? { kind: 'signal', signal: signal ?? 'a signal' } : { kind: 'code', code }),
    );
  });
}

function describeSpawnError(error: NodeJS.ErrnoException, command: string, cwd: string): string {
  if (error.code === 'ENOENT') {
    return `could not be started: there is no program "${command}" on PATH, or no folder ${cwd}`;
  }
  return error.code === 'EACCES'
    ? `could not be started: "${command}" may not be run`
    : `could not be started: ${error.message}`;
}
