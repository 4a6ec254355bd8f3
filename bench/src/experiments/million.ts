import type { Bench } from '../bench.ts';
import { traceIdOf } from '../load/madeIds.ts';
import type { LoadPlan } from '../load/otlpBodies.ts';
import type { HubProgram } from '../programs/hubProgram.ts';

/** The load that queries, start-up, memory and disk are measured with: 1,000,000 spans in 100,000 traces over the last minutes. */
export function millionPlan(bench: Bench): LoadPlan {
  const spans = bench.scaled(1_000_000);
  return { seed: 1_000_003, spans, spansPerTrace: 10, spansPerRequest: 512, startMillis: Date.now() - 300_000 };
}

export function traceIdIn(plan: LoadPlan, traceIndex: number): string {
  return traceIdOf(plan.seed, traceIndex).toString('hex');
}

/** Posts a part of the prepared requests as fast as the hub takes them; throws where one was not acknowledged. */
export async function fill(bench: Bench, hub: HubProgram, from = 0, to?: number): Promise<void> {
  const range = to === undefined ? { from } : { from, to };
  const report = await bench.load.sendOtlp({ endpoint: hub.otlpEndpoint, connections: 4, ...range });
  if (report.acknowledged !== undefined) {
    throw new Error(`The hub did not take the whole load: ${JSON.stringify(report.codes)}`);
  }
}
