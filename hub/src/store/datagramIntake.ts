import { isUtf8 } from 'node:buffer';
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { decodeXRayDatagram } from '@sightline/telemetry/decode/xrayDatagram';
import type { ProblemLog } from './problemLog.ts';
import type { Payload } from './telemetryStore.ts';

const newline = 0x0a;
/** A group is not added to beyond this: opening a trace unpacks whole groups. */
const groupBytes = 400_000;

interface Posted {
  readonly batch: ArrayBuffer;
}

/**
 * Reads what the datagram thread posts: `{ batch }`, a run of `[u32 little-endian length][datagram]`. Batches that came while the last
 * group was committed make one group together, so that a store that has fallen behind has less to do for each.
 */
export class DatagramIntake {
  /** The header line, newline included, of the last datagram that was looked at closely. */
  #header = Buffer.alloc(0);
  readonly #port: MessagePort;
  readonly #problems: ProblemLog;
  readonly #commit: (payloads: readonly Payload[]) => void;
  constructor(port: MessagePort, problems: ProblemLog, commit: (payloads: readonly Payload[]) => void) {
    this.#port = port;
    this.#problems = problems;
    this.#commit = commit;
    port.on('message', ({ batch }: Posted) => this.#takeWaiting(batch));
  }

  close(): void {
    this.#port.close();
  }

  #takeWaiting(first: ArrayBuffer): void {
    const payloads: Payload[] = [];
    let taken = 0;
    for (let next: ArrayBuffer | undefined = first; next !== undefined;) {
      this.#readBatch(Buffer.from(next), payloads);
      taken += next.byteLength;
      next = taken < groupBytes ? this.#nextBatch() : undefined;
    }
    this.#commit(payloads);
    this.#port.postMessage({ taken });
  }

  #nextBatch(): ArrayBuffer | undefined {
    const received: { readonly message: Posted } | undefined = receiveMessageOnPort(this.#port);
    return received?.message.batch;
  }

  #readBatch(batch: Buffer<ArrayBuffer>, payloads: Payload[]): void {
    for (let at = 0; at + 4 <= batch.length;) {
      const length = batch.readUInt32LE(at);
      const payload = this.#readDatagram(batch.subarray(at + 4, at + 4 + length));
      if (payload !== undefined) {
        payloads.push(payload);
      }
      at += 4 + length;
    }
  }

  /** The document keeps its bytes; only the header line is taken off. */
  #readDatagram(datagram: Buffer<ArrayBuffer>): Payload | undefined {
    if (!this.#isPlain(datagram)) {
      const { document, problem } = decodeXRayDatagram(datagram);
      if (problem !== undefined) {
        this.#problems.add({ receiver: 'xrayUdp', ...problem, sample: datagram.subarray(0, 2000) });
      }
      if (document === undefined) {
        return undefined;
      }
      this.#header = Buffer.from(datagram.subarray(0, datagram.indexOf(newline) + 1));
    }
    return { format: 'xray-segment', receiver: 'xrayUdp', body: datagram.subarray(datagram.indexOf(newline) + 1) };
  }

  /** Whether a datagram begins with the header that was good before, and something in UTF-8 follows: each SDK spells its header one way. */
  #isPlain(datagram: Buffer): boolean {
    const { length } = this.#header;
    return (
      length > 0 &&
      datagram.length > length &&
      datagram.compare(this.#header, 0, length, 0, length) === 0 &&
      isUtf8(datagram)
    );
  }
}
