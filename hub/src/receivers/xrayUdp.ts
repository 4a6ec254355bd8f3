import { readFile } from 'node:fs/promises';
import { Worker, type MessagePort } from 'node:worker_threads';
import { listenError, type ListenAddress } from '../listening.ts';
import type { TelemetryStore } from '../store/telemetryStore.ts';

export interface UdpThreadInput {
  readonly host: string;
  readonly port: number;
  readonly recvBufferBytes: number;
  /** One shared number: datagrams received. */
  readonly counters: Int32Array<SharedArrayBuffer>;
  readonly datagrams: MessagePort;
}

export type UdpThreadMessage =
  | { readonly kind: 'listening'; readonly port: number; readonly grantedBytes: number }
  | { readonly kind: 'failed'; readonly message: string; readonly code?: string }
  | { readonly kind: 'closed' };

/** A burst of 2,000 segments of 1 KB needs about 5 MB: the kernel counts its own bookkeeping for each datagram. */
const recvBufferBytes = 8 * 2 ** 20;

/** Takes X-Ray segments over UDP, as the X-Ray daemon does, and counts what the kernel had to drop. */
export class XRayUdpReceiver {
  readonly port: number;
  /** What was asked of the system and what it gave; Linux cuts the wish to net.core.rmem_max without a word. */
  readonly buffer: { readonly asked: number; readonly granted: number };
  readonly #thread: Worker;
  readonly #counters: Int32Array<SharedArrayBuffer>;
  readonly #store: TelemetryStore;
  #kernelDrops = 0;

  private constructor(
    thread: Worker,
    counters: Int32Array<SharedArrayBuffer>,
    store: TelemetryStore,
    listening: Extract<UdpThreadMessage, { kind: 'listening' }>,
  ) {
    this.#thread = thread;
    this.#counters = counters;
    this.#store = store;
    this.port = listening.port;
    this.buffer = { asked: recvBufferBytes, granted: listening.grantedBytes };
    thread.on('message', (message: UdpThreadMessage) => {
      if (message.kind === 'failed') {
        store.recordProblem({ receiver: 'xrayUdp', place: 'socket', message: message.message });
      }
    });
    thread.on('error', (error) => {
      store.recordProblem({ receiver: 'xrayUdp', place: 'thread', message: `UDP has stopped: ${error.message}` });
    });
  }

  /** Binds the socket. Throws `UserError` when the port is taken. */
  static async open({ host, port }: ListenAddress, store: TelemetryStore): Promise<XRayUdpReceiver> {
    const counters = new Int32Array(new SharedArrayBuffer(4));
    const datagrams = store.openDatagramPort();
    const input: UdpThreadInput = { host, port, recvBufferBytes, counters, datagrams };
    const thread = new Worker(threadFile('xrayUdpThread'), {
      name: 'xray-udp',
      workerData: input,
      transferList: [datagrams],
      // It keeps nothing: a small heap keeps the process small.
      resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 32 },
    });
    const first = await firstMessage(thread);
    if (first.kind !== 'listening') {
      await thread.terminate();
      const error = Object.assign(new Error(first.kind === 'failed' ? first.message : 'closed'), first);
      throw listenError(error, 'udp', { host, port }, { what: 'X-Ray', option: '--xray-port' });
    }
    return new XRayUdpReceiver(thread, counters, store, first);
  }

  /** Datagrams since the start; it wraps around, so it is good for comparing only. */
  get received(): number {
    return Atomics.load(this.#counters, 0);
  }

  /** Adds what the kernel has dropped since the last call to the store's count of lost records. */
  async countKernelDrops(): Promise<void> {
    const drops = await readKernelDrops(this.port);
    if (drops > this.#kernelDrops) {
      this.#store.countDropped('udpKernel', drops - this.#kernelDrops);
      this.#kernelDrops = drops;
    }
  }

  /** Hands over what has arrived and ends the thread. */
  async close(): Promise<void> {
    await this.countKernelDrops();
    const ended = new Promise<void>((resolve) => {
      this.#thread.once('exit', () => resolve());
    });
    this.#thread.postMessage('close');
    await ended;
  }
}

/** The file of a thread that lies beside its starter, as TypeScript source or, in the built hub, as JavaScript. */
function threadFile(name: string): URL {
  return new URL(`./${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
}

function firstMessage(thread: Worker): Promise<UdpThreadMessage> {
  return new Promise((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('The UDP thread ended before it listened.')));
  });
}

/** The `drops` column of the socket's line in /proc/net/udp (Linux, net/ipv4/udp.c); 0 elsewhere. */
async function readKernelDrops(port: number): Promise<number> {
  if (process.platform !== 'linux') {
    return 0;
  }
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const tables = await Promise.all(
    ['/proc/net/udp', '/proc/net/udp6'].map((table) => readFile(table, 'utf8').catch(() => '')),
  );
  return tables
    .flatMap((table) => table.split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local]) => local?.endsWith(wanted))
    .reduce((sum, columns) => sum + (Number(columns.at(-1)) || 0), 0);
}
