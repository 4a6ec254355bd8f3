import { randomInt } from 'node:crypto';
import { HubClient } from '@sightline/hub/client/hubClient';
import { readFileSync } from 'node:fs';
import type { Bench, Experiment } from '../bench.ts';
import { FigureSet, type Figure } from '../figures.ts';
import type { LoadPlan } from '../load/otlpBodies.ts';
import type { HubProgram } from '../programs/hubProgram.ts';
import { CountingProxy } from '../programs/countingProxy.ts';
import { percentile } from '../statistics.ts';
import { fill, millionPlan, traceIdIn } from './million.ts';

/** What a person waits for, asked through HubClient of a hub that holds a million spans. */
export const queriesExperiment: Experiment = { name: 'queries', measure };

const bigTraceSpans = 10_000;

const definitions = [
  { name: 'query.newest', what: 'newest 100 traces', unit: 'ms', target: { atMost: 15 } },
  { name: 'query.small', what: 'tree rows of a 10-span trace', unit: 'ms', target: { atMost: 15 } },
  { name: 'query.smallFull', what: 'a 10-span trace, every span decoded', unit: 'ms', target: { atMost: 15 } },
  { name: 'query.big', what: 'tree rows of a 10,000-span trace', unit: 'ms', target: { atMost: 250 } },
  { name: 'query.bigWire', what: 'tree rows of a 10,000-span trace, on the wire', unit: 'MB', target: { atMost: 3 } },
  { name: 'query.bigFull', what: 'full JSON of a 10,000-span trace', unit: 'ms', target: { atMost: 1_500 } },
] as const;

async function measure(bench: Bench): Promise<Figure[]> {
  const set = new FigureSet(definitions);
  const plan = millionPlan(bench);
  const bigPlan = { ...plan, seed: 10_007, spans: bigTraceSpans, spansPerTrace: bigTraceSpans };
  const hub = await bench.startHub();
  await bench.load.prepareOtlp(plan);
  await fill(bench, hub);
  await bench.load.prepareOtlp(bigPlan);
  await fill(bench, hub);
  set.note(
    'query.newest',
    `${plan.spans} spans in ${plan.spans / 10} traces and one trace of ${bigTraceSpans}; each run the median of its calls, the client's JSON.parse included`,
  );
  await bench.eachRun(set, 'queries', () => bench.watched([hub.pid], () => run(set, hub, plan, traceIdIn(bigPlan, 0))));
  await hub.stop();
  return set.figures();
}

async function run(set: FigureSet, hub: HubProgram, plan: LoadPlan, bigId: string): Promise<void> {
  const { client } = hub;
  const randomTrace = (): string => traceIdIn(plan, randomInt(plan.spans / plan.spansPerTrace));
  await time(set, 'query.newest', 40, async () => {
    expectCount((await client.listTraces({ limit: 100 })).traces.length, 100);
  });
  await time(set, 'query.small', 40, async () => {
    expectCount((await client.loadTreeRows(randomTrace()))?.rows.length, 10);
  });
  await time(set, 'query.smallFull', 40, async () => {
    expectCount((await client.loadTrace(randomTrace()))?.spans.length, 10);
  });
  await time(set, 'query.big', 5, async () => {
    expectCount((await client.loadTreeRows(bigId))?.rows.length, bigTraceSpans);
  });
  await time(set, 'query.bigFull', 3, async () => {
    expectCount((await client.loadTrace(bigId))?.spans.length, bigTraceSpans);
  });
  set.add('query.bigWire', (await bytesOnWire(hub, (own) => own.loadTreeRows(bigId))) / 1e6);
}

async function time(set: FigureSet, name: string, calls: number, ask: () => Promise<void>): Promise<void> {
  const millis: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    const start = performance.now();
    // oxlint-disable-next-line no-await-in-loop -- one call at a time is what is timed.
    await ask();
    millis.push(performance.now() - start);
  }
  set.add(name, percentile(millis, 0.5));
  const worst = Math.max(...millis);
  set.note(name, `first call of a run ${millis[0]?.toFixed(1)} ms, worst ${worst.toFixed(1)} ms`);
}

function expectCount(found: number | undefined, wanted: number): void {
  if (found !== wanted) {
    throw new Error(`The hub answered with ${found ?? 'nothing'} where ${wanted} were expected.`);
  }
}

/** Everything that a client of its own receives for one question, heads included. */
async function bytesOnWire(hub: HubProgram, ask: (client: HubClient) => Promise<unknown>): Promise<number> {
  const proxy = await CountingProxy.start(hub.ready.endpoints.api);
  const client = new HubClient({ endpoint: proxy.endpoint, token: readFileSync(hub.ready.tokenFile, 'utf8').trim() });
  await ask(client);
  client.dispose();
  await proxy.end();
  return proxy.received;
}
