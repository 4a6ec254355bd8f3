import { rmSync } from 'node:fs';
import type { Bench, Experiment } from '../bench.ts';
import { FigureSet, type Figure } from '../figures.ts';
import { cpuSecondsOf } from '../machine.ts';
import type { OtlpReport } from '../load/messages.ts';

interface IngestCase {
  readonly spansPerRequest: number;
  readonly atLeast: number;
  /** Spans that are measured, after a tenth as many that warm both programs up. */
  readonly spans: number;
}

const connections = 4;

/** OTLP/HTTP protobuf as fast as the hub acknowledges it, each run in a new hub, beside the bare server with the same bodies. */
export function ingestExperiment(ingest: IngestCase): Experiment {
  const name = `ingest${ingest.spansPerRequest}`;
  return { name, measure: (bench) => measure(bench, name, ingest) };
}

async function measure(bench: Bench, name: string, { spansPerRequest, atLeast, spans }: IngestCase): Promise<Figure[]> {
  const of = `OTLP/HTTP, ${spansPerRequest}-span batches`;
  const set = new FigureSet([
    { name: `${name}.rate`, what: of, unit: 'spans/s', target: { atLeast } },
    { name: `${name}.p50`, what: `${of}, ack p50`, unit: 'ms' },
    { name: `${name}.p99`, what: `${of}, ack p99`, unit: 'ms', target: { atMost: 30 } },
    { name: `${name}.cpu`, what: `${of}, CPU of the receiving process`, unit: 'us/span' },
    { name: `${name}.lost`, what: `${of}, acknowledged and not stored`, unit: 'spans', target: { atMost: 0 } },
  ]);
  const measured = bench.scaled(spans);
  const warmUp = Math.ceil(measured / 10 / spansPerRequest);
  const plan = {
    seed: 512,
    spans: measured + warmUp * spansPerRequest,
    spansPerTrace: 10,
    spansPerRequest,
    startMillis: Date.now() - 120_000,
  };
  const { bytes } = await bench.load.prepareOtlp(plan);
  set.note(
    `${name}.rate`,
    `${connections} connections, ${Math.round(bytes / plan.spans)} bytes and 10 attributes a span, 10 spans a trace`,
  );
  // Of all runs together, those that were disturbed and done again included: no disturbance excuses a lost span.
  let lost = 0;
  await bench.eachRun(set, name, async () => {
    const bare = await bench.bareServer();
    const ceiling = await sendWarm(bench, bare.endpoint, bare.pid, warmUp);
    const hub = await bench.startHub();
    const report = await sendWarm(bench, hub.otlpEndpoint, hub.pid, warmUp);
    const acknowledged = warmUp * spansPerRequest + report.acknowledgedSpans;
    const stored = await hub.storedSpans();
    await hub.stop();
    rmSync(hub.ready.dataDir, { recursive: true });
    set.add(`${name}.rate`, rateOf(report), rateOf(ceiling));
    if (report.receiverCpuSeconds !== undefined && ceiling.receiverCpuSeconds !== undefined) {
      set.add(`${name}.cpu`, microsOf(report), microsOf(ceiling));
    }
    set.add(`${name}.p50`, report.ackP50Millis, ceiling.ackP50Millis);
    set.add(`${name}.p99`, report.ackP99Millis, ceiling.ackP99Millis);
    // More than acknowledged would be as wrong: every request is sent once, and each was answered.
    lost += Math.abs(acknowledged - stored);
    if (report.acknowledged !== undefined) {
      set.note(`${name}.rate`, `not every answer was a 2xx: ${JSON.stringify(report.codes)}`);
    }
  });
  set.add(`${name}.lost`, lost);
  return set.figures();
}

interface WarmReport extends OtlpReport {
  /** CPU time of the receiving process during the measured part; `undefined` off Linux. */
  readonly receiverCpuSeconds: number | undefined;
}

/** Sends the first requests unmeasured, so that both programs run compiled code, then the rest. */
export async function sendWarm(bench: Bench, endpoint: string, pid: number, warmUp: number): Promise<WarmReport> {
  await bench.load.sendOtlp({ endpoint, connections, to: warmUp });
  const before = cpuSecondsOf(pid);
  const report = await bench.watched([pid], () => bench.load.sendOtlp({ endpoint, connections, from: warmUp }));
  const after = cpuSecondsOf(pid);
  const receiverCpuSeconds = before === undefined || after === undefined ? undefined : after - before;
  return { ...report, receiverCpuSeconds };
}

function microsOf({ receiverCpuSeconds = Number.NaN, acknowledgedSpans }: WarmReport): number {
  return (receiverCpuSeconds * 1e6) / acknowledgedSpans;
}

export function rateOf({ acknowledgedSpans, seconds }: OtlpReport): number {
  return acknowledgedSpans / seconds;
}
