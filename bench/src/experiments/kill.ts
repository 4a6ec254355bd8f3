import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { HubClient } from '@sightline/hub/client/hubClient';
import type { Bench, Experiment } from '../bench.ts';
import { FigureSet, type Figure } from '../figures.ts';
import type { OtlpReport } from '../load/messages.ts';
import { spanIdOf } from '../load/madeIds.ts';
import type { LoadPlan } from '../load/otlpBodies.ts';
import { pause } from '../until.ts';
import { traceIdIn } from './million.ts';

/** `kill -9` of the hub under load, again and again on one data directory: what was acknowledged must be there, once. */
export const killExperiment: Experiment = { name: 'kill', measure };

interface Round {
  readonly plan: LoadPlan;
  readonly report: OtlpReport;
}

async function measure(bench: Bench): Promise<Figure[]> {
  const set = new FigureSet([
    { name: 'kill.lost', what: 'kill -9 under load, acknowledged and lost', unit: 'spans', target: { atMost: 0 } },
    { name: 'kill.doubled', what: 'kill -9 under load, stored more than once', unit: 'spans', target: { atMost: 0 } },
  ]);
  const roundCount = bench.isQuick ? 2 : 6;
  await bench.eachRun(set, 'kill', async (number) => {
    const dataDir = bench.makeFolder();
    const rounds: Round[] = [];
    for (let round = 0; round < roundCount; round += 1) {
      // oxlint-disable-next-line no-await-in-loop -- each round starts on what the kill before it left.
      rounds.push(await killUnderLoad(bench, dataDir, number * 100 + round));
    }
    const { lost, doubled, checked } = await compare(bench, dataDir, rounds);
    set.add('kill.lost', lost);
    set.add('kill.doubled', doubled);
    const acknowledged = rounds.reduce((sum, { report }) => sum + report.acknowledgedSpans, 0);
    set.note(
      'kill.lost',
      `${roundCount} kills, ${acknowledged} spans acknowledged; ${checked} traces compared id by id`,
    );
    rmSync(dataDir, { recursive: true });
  });
  return set.figures();
}

async function killUnderLoad(bench: Bench, dataDir: string, seed: number): Promise<Round> {
  const spansPerRequest = seed % 2 === 0 ? 512 : 50;
  const plan = { seed, spans: 300_000, spansPerTrace: 10, spansPerRequest, startMillis: Date.now() };
  await bench.load.prepareOtlp(plan);
  const hub = await bench.startHub({ dataDir });
  const sending = bench.load.sendOtlp({ endpoint: hub.otlpEndpoint, connections: 4 });
  await pause(randomInt(100, 1_200));
  await hub.kill();
  return { plan, report: await sending };
}

interface Comparison {
  readonly lost: number;
  readonly doubled: number;
  readonly checked: number;
}

/** Starts once more and holds what is there against what was acknowledged (the least) and what was sent (the most). */
async function compare(bench: Bench, dataDir: string, rounds: readonly Round[]): Promise<Comparison> {
  const hub = await bench.startHub({ dataDir });
  const stored = await spanCounts(hub.client);
  let lost = 0;
  let doubled = 0;
  let checked = 0;
  for (const { plan, report } of rounds) {
    const acknowledged = acknowledgedByTrace(plan, report);
    for (const [trace, count] of acknowledged) {
      const found = stored.get(traceIdIn(plan, trace)) ?? 0;
      lost += Math.max(0, count - found);
      doubled += Math.max(0, found - plan.spansPerTrace);
    }
    const sample = [...acknowledged.keys()].filter((trace) => trace % 97 === 0);
    for (const trace of sample) {
      // oxlint-disable-next-line no-await-in-loop -- a few hundred small questions.
      doubled += await doubledOrForeign(hub.client, plan, trace);
    }
    checked += sample.length;
  }
  await hub.stop();
  return { lost, doubled, checked };
}

/** How many spans of each trace were in a request that was acknowledged. */
function acknowledgedByTrace(plan: LoadPlan, report: OtlpReport): Map<number, number> {
  const requests =
    report.acknowledged ?? Array.from({ length: Math.ceil(plan.spans / plan.spansPerRequest) }, (_, n) => n);
  const counts = new Map<number, number>();
  for (const request of requests) {
    const first = request * plan.spansPerRequest;
    for (let span = first; span < Math.min(first + plan.spansPerRequest, plan.spans); span += 1) {
      const trace = Math.floor(span / plan.spansPerTrace);
      counts.set(trace, (counts.get(trace) ?? 0) + 1);
    }
  }
  return counts;
}

async function spanCounts(client: HubClient): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  let before: string | undefined;
  do {
    // oxlint-disable-next-line no-await-in-loop -- a page names the next one.
    const page = await client.listTraces({ limit: 1_000, ...(before !== undefined && { before }) });
    for (const { id, spanCount } of page.traces) {
      if (counts.has(id)) {
        throw new Error(`Two pages of the trace list have the trace ${id}.`);
      }
      counts.set(id, spanCount);
    }
    before = page.next;
  } while (before !== undefined);
  return counts;
}

/** Spans of a stored trace that are there a second time, or that nobody sent. */
async function doubledOrForeign(client: HubClient, plan: LoadPlan, trace: number): Promise<number> {
  const first = trace * plan.spansPerTrace;
  const sent = new Set(
    Array.from({ length: plan.spansPerTrace }, (_, offset) => spanIdOf(plan.seed, first + offset).toString('hex')),
  );
  const spans = (await client.loadTrace(traceIdIn(plan, trace)))?.spans ?? [];
  return spans.filter(({ id }) => !sent.delete(id)).length;
}
