import { percentile } from '../statistics.ts';
import type { OtlpReport } from './messages.ts';
import type { RequestBody } from './otlpBodies.ts';
import { PostConnection } from './postConnection.ts';

export interface SendOptions {
  readonly endpoint: string;
  readonly connections: number;
  readonly rate?: number;
}

/** Posts every body once, in order, over connections that each wait for an answer before the next request. */
export async function sendOtlp(bodies: readonly RequestBody[], options: SendOptions): Promise<OtlpReport> {
  const connections = await Promise.all(
    Array.from({ length: options.connections }, () => PostConnection.open(options.endpoint, '/v1/traces')),
  );
  const tally = new Tally();
  const cpu = process.cpuUsage();
  const start = performance.now();
  let next = 0;
  let offered = 0;
  const work = async (connection: PostConnection): Promise<void> => {
    while (next < bodies.length) {
      const number = next;
      next += 1;
      const body = bodies[number];
      if (body === undefined) {
        return;
      }
      if (options.rate !== undefined) {
        await until(start + (offered / options.rate) * 1_000);
      }
      offered += body.spanCount;
      const sentAt = performance.now();
      const status = await connection.post(body.bytes);
      tally.add(number, body, status, performance.now() - sentAt);
      if (status === 'lost') {
        return;
      }
    }
  };
  await Promise.all(connections.map(work));
  const seconds = (performance.now() - start) / 1_000;
  const used = process.cpuUsage(cpu);
  for (const connection of connections) {
    connection.close();
  }
  return tally.report(seconds, (used.user + used.system) / 1e6);
}

/** Counts answers. Bodies that were never sent, because every connection had broken, are in no count. */
class Tally {
  readonly #codes: Record<string, number> = {};
  readonly #millis: number[] = [];
  readonly #acknowledged: number[] = [];
  #spans = 0;
  #hasFailures = false;

  add(number: number, body: RequestBody, status: number | 'lost', millis: number): void {
    this.#codes[status] = (this.#codes[status] ?? 0) + 1;
    if (status !== 'lost' && status >= 200 && status < 300) {
      this.#millis.push(millis);
      this.#acknowledged.push(number);
      this.#spans += body.spanCount;
    } else {
      this.#hasFailures = true;
    }
  }

  report(seconds: number, cpuSeconds: number): OtlpReport {
    const none = this.#millis.length === 0;
    return {
      seconds,
      acknowledgedSpans: this.#spans,
      codes: this.#codes,
      ackP50Millis: none ? 0 : percentile(this.#millis, 0.5),
      ackP99Millis: none ? 0 : percentile(this.#millis, 0.99),
      ...(this.#hasFailures && { acknowledged: this.#acknowledged }),
      cpuSeconds,
    };
  }
}

function until(time: number): Promise<void> {
  const millis = time - performance.now();
  return millis <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, millis));
}
