import { rmSync } from 'node:fs';
import type { Bench, Experiment } from '../bench.ts';
import { FigureSet, type Figure } from '../figures.ts';
import { rateOf } from './ingest.ts';
import { diskUse } from '../diskUse.ts';

/** What keeping the store at its size limit costs while spans come in, against the same load without a limit reached. */
export const retentionExperiment: Experiment = { name: 'retention', measure };

const maxBytes = 24_000_000;
const batch = 512;

async function measure(bench: Bench): Promise<Figure[]> {
  const set = new FigureSet([
    {
      name: 'retention.rate',
      what: 'ingest at the size limit, of the rate without',
      unit: 'x',
      target: { atLeast: 0.8 },
    },
    {
      name: 'retention.size',
      what: 'main file at the limit, largest size of the run over that at its start',
      unit: 'x',
      target: { atMost: 1.05 },
    },
  ]);
  const measured = bench.scaled(700_000);
  // Enough to be at the limit before the clock starts: half of the limit's worth again.
  const before = 450_000;
  await bench.load.prepareOtlp({
    seed: 24,
    spans: before + measured,
    spansPerTrace: 10,
    spansPerRequest: batch,
    startMillis: Date.now() - 600_000,
  });
  const first = Math.ceil(before / batch);
  await bench.eachRun(set, 'retention', async () => {
    const free = await ingest(bench, first, []);
    const capped = await ingest(bench, first, ['--max-bytes', String(maxBytes)]);
    if (capped.retired === 0) {
      throw new Error('The hub retired nothing: the limit was not reached.');
    }
    set.add('retention.rate', capped.rate / free.rate);
    set.add('retention.size', Math.max(...capped.sizes) / (capped.sizes[0] ?? Number.NaN));
    const rates = `${Math.round(capped.rate)} against ${Math.round(free.rate)} spans/s`;
    set.note('retention.rate', `${rates}, limit ${maxBytes / 1e6} MB, ${capped.retired} spans retired`);
    set.note('retention.size', `${megabytes(Math.min(...capped.sizes))} to ${megabytes(Math.max(...capped.sizes))} MB`);
  });
  return set.figures();
}

interface Ingest {
  readonly rate: number;
  /** Of the main file in bytes, every tenth of a second of the measured part. */
  readonly sizes: readonly number[];
  readonly retired: number;
}

async function ingest(bench: Bench, first: number, args: readonly string[]): Promise<Ingest> {
  const hub = await bench.startHub({ args });
  const { dataDir } = hub.ready;
  const send = { endpoint: hub.otlpEndpoint, connections: 4 };
  await bench.load.sendOtlp({ ...send, to: first });
  const sizes = [diskUse(dataDir).mainFile];
  const timer = setInterval(() => sizes.push(diskUse(dataDir).mainFile), 100);
  const report = await bench.watched([hub.pid], () => bench.load.sendOtlp({ ...send, from: first }));
  clearInterval(timer);
  const { retired } = await hub.client.stats();
  await hub.stop();
  rmSync(dataDir, { recursive: true });
  return { rate: rateOf(report), sizes, retired };
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
