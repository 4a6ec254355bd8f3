import { randomInt } from 'node:crypto';
import type { Bench, Experiment } from '../bench.ts';
import { FigureSet, type Figure } from '../figures.ts';
import { encodeOtlpBodies } from '../load/otlpBodies.ts';
import { traceIdOf } from '../load/madeIds.ts';
import { PostConnection } from '../load/postConnection.ts';
import type { HubProgram } from '../programs/hubProgram.ts';
import { percentile } from '../statistics.ts';
import { pause } from '../until.ts';

/**
 * From the moment a request's bytes are written to the hub to the moment a window has its row: change feed, then the list with the trace in
 * it. What VS Code then takes to draw the row is measured by the tests in a real VS Code.
 */
export const latencyExperiment: Experiment = { name: 'latency', measure };

const target = { atMost: 350 };

async function measure(bench: Bench): Promise<Figure[]> {
  const set = new FigureSet([
    {
      name: 'latency.quiet',
      what: 'bytes at the hub to the list has the trace, p95, nothing else going on',
      unit: 'ms',
      target,
    },
    { name: 'latency.busy', what: 'the same while 2,000 other spans a second come in', unit: 'ms', target },
  ]);
  const samples = bench.isQuick ? 20 : 60;
  await bench.eachRun(set, 'latency', async (number) => {
    const hub = await bench.startHub();
    const quiet = await bench.watched([hub.pid], () => sample(hub, 70_000 + number * 2, samples));
    set.add('latency.quiet', percentile(quiet, 0.95));
    set.note('latency.quiet', `p50 ${percentile(quiet, 0.5).toFixed(0)} ms, worst ${Math.max(...quiet).toFixed(0)} ms`);
    const spans = 2_000 * Math.ceil(samples * 0.5);
    await bench.load.prepareOtlp({ seed: 3, spans, spansPerTrace: 10, spansPerRequest: 10, startMillis: Date.now() });
    const others = bench.load.sendOtlp({ endpoint: hub.otlpEndpoint, connections: 2, rate: 2_000 });
    const busy = await bench.watched([hub.pid], () => sample(hub, 70_001 + number * 2, samples));
    set.add('latency.busy', percentile(busy, 0.95));
    set.note('latency.busy', `p50 ${percentile(busy, 0.5).toFixed(0)} ms, worst ${Math.max(...busy).toFixed(0)} ms`);
    await hub.stop();
    await others;
  });
  return set.figures();
}

/** Milliseconds of so many single requests, 100 to 400 ms apart, so that they fall anywhere in the feed's rhythm. */
async function sample(hub: HubProgram, seed: number, count: number): Promise<number[]> {
  const window = await WindowOnHub.open(hub);
  const connection = await PostConnection.open(hub.otlpEndpoint, '/v1/traces');
  const millis: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const trace = seed * 1_000 + index;
    const plan = { seed: trace, spans: 1, spansPerTrace: 10, spansPerRequest: 1, startMillis: Date.now() };
    const body = encodeOtlpBodies(plan)[0];
    const shown = window.shows(traceIdOf(trace, 0).toString('hex'));
    const start = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- one request at a time is what is timed.
    const [, shownAt] = await Promise.all([connection.post(body?.bytes ?? Buffer.of()), shown]);
    millis.push(shownAt - start);
    // oxlint-disable-next-line no-await-in-loop -- as above.
    await pause(randomInt(100, 400));
  }
  connection.close();
  window.close();
  return millis;
}

/** Does what the Traces view does: at every change it asks for the newest page, one question at a time. */
class WindowOnHub {
  readonly #hub: HubProgram;
  readonly #waiting = new Map<string, (at: number) => void>();
  #unsubscribe: () => void = () => undefined;
  #isAsking = false;
  #isStale = false;

  private constructor(hub: HubProgram) {
    this.#hub = hub;
  }

  static async open(hub: HubProgram): Promise<WindowOnHub> {
    const window = new WindowOnHub(hub);
    await new Promise<void>((resolve) => {
      window.#unsubscribe = hub.client.subscribe({
        onChange: () => void window.#refresh(),
        onState: ({ kind }) => kind === 'connected' && resolve(),
      });
    });
    return window;
  }

  /** Settles with the time (`performance.now`) at which the list had the trace. */
  shows(traceId: string): Promise<number> {
    return new Promise((resolve) => this.#waiting.set(traceId, resolve));
  }

  close(): void {
    this.#unsubscribe();
  }

  async #refresh(): Promise<void> {
    this.#isStale = true;
    if (this.#isAsking) {
      return;
    }
    this.#isAsking = true;
    while (this.#isStale) {
      this.#isStale = false;
      // oxlint-disable-next-line no-await-in-loop -- one question at a time, as a view asks.
      const { traces } = await this.#hub.client.listTraces({ limit: 100 });
      for (const { id } of traces) {
        this.#waiting.get(id)?.(performance.now());
        this.#waiting.delete(id);
      }
    }
    this.#isAsking = false;
  }
}
