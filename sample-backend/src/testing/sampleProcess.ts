import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A program of the sample, run as a person runs it. */
export class SampleProcess {
  readonly #child: ChildProcess;
  /** The folder of its embedded database. */
  readonly dataDir: string;
  /** Lines of standard output and standard error. */
  readonly output: string[] = [];
  readonly errors: string[] = [];
  readonly #exited: Promise<number | null>;

  constructor(
    program: 'main.ts' | 'database.ts' | 'traffic.ts',
    env: Readonly<Record<string, string>>,
    ...args: string[]
  ) {
    this.dataDir = mkdtempSync(path.join(os.tmpdir(), 'sample-'));
    this.#child = spawn(process.execPath, [fileURLToPath(new URL(`../${program}`, import.meta.url)), ...args], {
      env: { PATH: process.env['PATH'], PORT: '0', PAGE_PORT: '0', SAMPLE_DATA_DIR: this.dataDir, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#exited = once(this.#child, 'close').then(([code]) => code as number | null);
    if (this.#child.stderr) {
      readline.createInterface(this.#child.stderr).on('line', (line) => this.errors.push(line));
    }
    if (this.#child.stdout) {
      readline.createInterface(this.#child.stdout).on('line', (line) => this.output.push(line));
    }
  }

  /** The endpoints of the ready line. Rejects with what was printed when the program ends before. */
  async ready(): Promise<Record<string, string>> {
    return await new Promise((resolve, reject) => {
      this.#child.stdout?.on('data', () => {
        const last = this.output.at(-1);
        if (last?.startsWith('{"event":"ready"')) {
          resolve((JSON.parse(last) as { endpoints: Record<string, string> }).endpoints);
        }
      });
      void this.#exited.then((code) => reject(new Error(`ended with ${code}: ${this.errors.join('\n')}`)));
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Stops reading what it prints, as whoever started it does by ending. */
  hangUp(): void {
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }

  /** The exit code. */
  async exit(): Promise<number | null> {
    return await this.#exited;
  }

  /** Ends the program, whatever it does, and removes its folder. */
  async dispose(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.#exited;
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
