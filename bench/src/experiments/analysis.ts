import type { Bench, Experiment } from '../bench.ts';
import { FigureSet, type Figure } from '../figures.ts';
import { filterExpressions } from '../load/filterExpressions.ts';
import type { HubProgram } from '../programs/hubProgram.ts';
import { percentile } from '../statistics.ts';
import { fill, millionPlan } from './million.ts';

/** Filters and the service map over a million spans, asked by the X-Ray API as AWS's clients ask. */
export const analysisExperiment: Experiment = { name: 'analysis', measure };

const definitions = [
  { name: 'filters', what: 'GetTraceSummaries, first page, p95 of 25 filters', unit: 'ms', target: { atMost: 60 } },
  { name: 'filters.cold', what: 'the first filter that is asked', unit: 'ms' },
  { name: 'map', what: 'GetServiceGraph of the same hour', unit: 'ms', target: { atMost: 120 } },
  { name: 'map.cold', what: 'the first map that is asked for', unit: 'ms' },
] as const;

const callsPerFilter = 4;
const mapCalls = 20;

async function measure(bench: Bench): Promise<Figure[]> {
  const set = new FigureSet(definitions);
  const plan = millionPlan(bench);
  await bench.load.prepareOtlp(plan);
  await bench.eachRun(set, 'analysis', async () => {
    const hub = await bench.startHub();
    await fill(bench, hub);
    const end = Math.ceil((plan.startMillis + (plan.spans / plan.spansPerTrace) * 0.6) / 1_000) + 1;
    const window = { StartTime: end - 3_600, EndTime: end };
    await bench.watched([hub.pid, process.pid], () => run(set, hub, window));
    await hub.stop();
  });
  return set.figures();
}

async function run(set: FigureSet, hub: HubProgram, window: object): Promise<void> {
  const ask = async (path: string, input: object): Promise<number> => {
    const started = performance.now();
    const response = await fetch(`${hub.ready.endpoints.api}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...window, ...input }),
    });
    const text = await response.text();
    if (response.status !== 200) {
      throw new Error(`${path}: ${text}`);
    }
    return performance.now() - started;
  };
  set.add('filters.cold', await ask('/TraceSummaries', { FilterExpression: filterExpressions[0] }));
  set.add('map.cold', await ask('/ServiceGraph', {}));
  const filters = await series(filterExpressions.length * callsPerFilter, (call) =>
    ask('/TraceSummaries', { FilterExpression: filterExpressions[call % filterExpressions.length] }),
  );
  set.add('filters', percentile(filters, 0.95));
  for (const [at, text] of filterExpressions.entries()) {
    const own = filters.filter((_, call) => call % filterExpressions.length === at);
    set.note('filters', `${percentile(own, 0.5).toFixed(0)} ms: ${text}`);
  }
  set.add('map', percentile(await series(mapCalls, () => ask('/ServiceGraph', {})), 0.5));
}

/** One call after the other. */
async function series(calls: number, ask: (call: number) => Promise<number>): Promise<number[]> {
  const millis: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one call at a time is what is timed.
    millis.push(await ask(call));
  }
  return millis;
}
