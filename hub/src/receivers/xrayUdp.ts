import { Worker } from 'node:worker_threads';
import { listenError, type ListenAddress } from '../listening.ts';
import type { TelemetryStore } from '../store/telemetryStore.ts';
import { readKernelDrops } from './kernelDrops.ts';
import { udpCounters, type UdpThreadAnswer, type UdpThreadCall, type UdpThreadInput } from './udpMessages.ts';

/** A burst of 2,000 segments of 1 KB needs about 5 MB: the kernel counts its own bookkeeping for each datagram. */
const recvBufferBytes = 8 * 2 ** 20;

/** Takes X-Ray segments over UDP, as the X-Ray daemon does, and counts what the kernel had to drop. */
export class XRayUdpReceiver {
  readonly #counters = new Int32Array(new SharedArrayBuffer(8));
  readonly #thread: Worker;
  #store: TelemetryStore | undefined;
  #port = 0;
  #grantedBytes = 0;
  #kernelDrops = 0;

  /** Starts the thread, which takes as long as opening the store: both can be under way at once. */
  constructor() {
    const input: UdpThreadInput = { counters: this.#counters, recvBufferBytes };
    this.#thread = new Worker(threadFile('xrayUdpThread'), {
      name: 'xray-udp',
      workerData: input,
      // It keeps nothing: a small heap keeps the process small.
      resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 32 },
    });
    this.#thread.on('error', (error) => this.#report('thread', `UDP has stopped: ${error.message}`));
    this.#thread.on('message', (answer: UdpThreadAnswer) => {
      if (answer.kind === 'failed' && this.#port !== 0) {
        this.#report('socket', answer.message);
      }
    });
  }

  /** Says where datagrams go. Called once, before `bind`. */
  connect(store: TelemetryStore): void {
    this.#store = store;
    const datagrams = store.openDatagramPort();
    this.#thread.postMessage({ kind: 'connect', datagrams } satisfies UdpThreadCall, [datagrams]);
  }

  /** Binds the socket and answers its port. Throws `UserError` when the port is taken. */
  async bind({ host, port }: ListenAddress): Promise<number> {
    const answer = await this.#ask({ kind: 'bind', host, port });
    if (answer.kind !== 'bound') {
      const failure = answer.kind === 'failed' ? answer : { message: 'The socket did not open.' };
      const error = Object.assign(new Error(failure.message), failure);
      throw listenError(error, 'udp', { host, port }, { what: 'X-Ray', option: '--xray-port' });
    }
    this.#port = answer.port;
    this.#grantedBytes = answer.grantedBytes;
    return answer.port;
  }

  /** Gives the port free again; another `bind` may follow. */
  async unbind(): Promise<void> {
    this.#port = 0;
    await this.#ask({ kind: 'unbind' });
  }

  /** What was asked of the system and what it gave; Linux cuts the wish to net.core.rmem_max without a word. */
  get buffer(): { readonly asked: number; readonly granted: number } {
    return { asked: recvBufferBytes, granted: this.#grantedBytes };
  }

  /** Datagrams since the start. It wraps around, so it is good for comparing only. */
  get received(): number {
    return Atomics.load(this.#counters, udpCounters.received);
  }

  /** Adds what the kernel and the thread have dropped since the last call to the store's count of lost records. */
  async countDrops(): Promise<void> {
    const dropped = Atomics.exchange(this.#counters, udpCounters.dropped, 0);
    if (dropped > 0) {
      this.#store?.countDropped('queueFull', dropped);
    }
    const drops = this.#port === 0 ? 0 : await readKernelDrops(this.#port);
    if (drops > this.#kernelDrops) {
      this.#store?.countDropped('udpKernel', drops - this.#kernelDrops);
      this.#kernelDrops = drops;
    }
  }

  /** Hands over what has arrived and ends the thread. */
  async close(): Promise<void> {
    await this.countDrops();
    const ended = new Promise<void>((resolve) => {
      this.#thread.once('exit', () => resolve());
    });
    this.#thread.postMessage({ kind: 'end' } satisfies UdpThreadCall);
    await ended;
  }

  #ask(call: UdpThreadCall): Promise<UdpThreadAnswer> {
    return new Promise((resolve, reject) => {
      this.#thread.once('message', resolve);
      this.#thread.once('error', reject);
      this.#thread.postMessage(call);
    });
  }

  #report(place: string, message: string): void {
    this.#store?.recordProblem({ receiver: 'xrayUdp', place, message });
  }
}

/** The file of a thread that lies beside its starter, as TypeScript source or, in the built hub, as JavaScript. */
function threadFile(name: string): URL {
  return new URL(`./${name}${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);
}
