import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import type { ReadyLine } from '@sightline/hub/client/api';
import { HubClient } from '@sightline/hub/client/hubClient';
import { residentMemoryOf, type ResidentMemory } from '../machine.ts';
import { settled } from '../until.ts';

const bundle = fileURLToPath(new URL('../../../hub/dist/main.js', import.meta.url));

export interface HubOptions {
  readonly dataDir: string;
  /** More of the hub's command line, such as `--max-bytes`. */
  readonly args?: readonly string[];
  /** For node itself, such as `--cpu-prof`. */
  readonly nodeArgs?: readonly string[];
}

/** A hub that the bench started from the bundle that ships, on free ports and a data directory of its own. */
export class HubProgram {
  readonly client: HubClient;
  /** From the spawn of the process to its ready line. */
  readonly readyMillis: number;
  readonly ready: ReadyLine;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, ready: ReadyLine, readyMillis: number) {
    this.#process = child;
    this.ready = ready;
    this.readyMillis = readyMillis;
    const token = readFileSync(ready.tokenFile, 'utf8').trim();
    this.client = new HubClient({ endpoint: ready.endpoints.api, token });
  }

  /** Rejects with the hub's own words when it ends before it is ready. */
  static async start({ dataDir, args = [], nodeArgs = [] }: HubOptions): Promise<HubProgram> {
    const ports = ['--port', '0', '--otlp-port', '0', '--otlp-grpc-port', '0', '--xray-port', '0'];
    const started = performance.now();
    const child = spawn(process.execPath, [...nodeArgs, bundle, '--data-dir', dataDir, ...ports, '--json', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ready = await readReadyLine(child);
    return new HubProgram(child, ready, performance.now() - started);
  }

  get pid(): number {
    return this.ready.pid;
  }

  get otlpEndpoint(): string {
    return this.ready.endpoints.otlpHttp ?? missing('otlpHttp');
  }

  get xrayAddress(): { host: string; port: number } {
    const [host = '', port = ''] = (this.ready.endpoints.xrayUdp ?? missing('xrayUdp')).split(':');
    return { host, port: Number(port) };
  }

  /** How many spans the hub counts: at once when they are as many as expected, else when the number has stood still for a second. */
  async storedSpans(expected = Number.POSITIVE_INFINITY): Promise<number> {
    const sample = async (): Promise<number> => (await this.client.stats()).spans;
    return await settled(sample, {
      quietMillis: 1_000,
      tolerance: 0,
      timeoutMillis: 60_000,
      isEnough: (spans) => spans >= expected,
    });
  }

  /** Memory once it has moved by less than 2 MiB for two seconds, or after half a minute; `undefined` off Linux. */
  async settledMemory(): Promise<ResidentMemory | undefined> {
    const sample = (): number => residentMemoryOf(this.pid)?.rssMiB ?? 0;
    await settled(sample, { quietMillis: 2_000, tolerance: 2, timeoutMillis: 30_000 });
    return residentMemoryOf(this.pid);
  }

  /** Asks it to end as a person would, and waits until it has. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    this.client.dispose();
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) {
      return;
    }
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    await ended;
  }
}

function missing(name: string): never {
  throw new Error(`The hub's ready line has no endpoint ${name}.`);
}

async function readReadyLine(child: ChildProcess): Promise<ReadyLine> {
  if (child.stdout === null || child.stderr === null) {
    throw new Error('The hub was started without pipes.');
  }
  let words = '';
  child.stderr.on('data', (bytes: Buffer) => (words = (words + bytes.toString()).slice(-4_000)));
  const failed = once(child, 'exit').then(([code]): never => {
    throw new Error(`The hub ended with code ${code} before it was ready. ${words}`);
  });
  const lines = createInterface({ input: child.stdout });
  const first = once(lines, 'line').then(([line]) => JSON.parse(line as string) as ReadyLine);
  return await Promise.race([first, failed]);
}
