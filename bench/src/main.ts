// `npm run bench`: measures the hub that ships against a load process of its own, prints a table and keeps the result in bench/results/.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Bench, type Experiment } from './bench.ts';
import { analysisExperiment } from './experiments/analysis.ts';
import { extensionExperiment } from './experiments/extension.ts';
import { footprintExperiment } from './experiments/footprint.ts';
import { ingestExperiment } from './experiments/ingest.ts';
import { killExperiment } from './experiments/kill.ts';
import { latencyExperiment } from './experiments/latency.ts';
import { logsExperiment } from './experiments/logs.ts';
import { peersExperiment } from './experiments/peers.ts';
import { queriesExperiment } from './experiments/queries.ts';
import { relayExperiment } from './experiments/relay.ts';
import { retentionExperiment } from './experiments/retention.ts';
import { samplingExperiment } from './experiments/sampling.ts';
import { udpExperiment } from './experiments/udp.ts';
import type { Figure } from './figures.ts';
import { readLoadAverage, readMachineFacts } from './machine.ts';
import { parseOptions, usage, type BenchOptions } from './options.ts';
import { renderMarkdown, renderTable, type BenchReport } from './report.ts';

const experiments: readonly Experiment[] = [
  ingestExperiment({ spansPerRequest: 512, atLeast: 180_000, spans: 720_000 }),
  ingestExperiment({ spansPerRequest: 50, atLeast: 85_000, spans: 360_000 }),
  peersExperiment,
  udpExperiment,
  queriesExperiment,
  analysisExperiment,
  logsExperiment,
  relayExperiment,
  samplingExperiment,
  latencyExperiment,
  footprintExperiment,
  retentionExperiment,
  killExperiment,
  extensionExperiment,
];

const root = fileURLToPath(new URL('../..', import.meta.url));

await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  if (options === undefined) {
    return;
  }
  const unknown = options.only.filter((name) => !experiments.some((experiment) => experiment.name === name));
  if (unknown.length > 0) {
    const names = experiments.map(({ name }) => name).join(', ');
    process.stderr.write(`${usage}\nThere is no ${unknown.join(', ')}; there are ${names}.\n`);
    process.exitCode = 1;
    return;
  }
  build();
  const startedAt = new Date().toISOString();
  const machine = readMachineFacts();
  const bench = new Bench(options);
  process.once('SIGINT', () => void bench.end().finally(() => process.exit(130)));
  process.stderr.write(`${options.runs} runs; load average ${machine.loadAverage}\n`);
  const chosen = experiments.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  try {
    const figures = await measureAll(bench, chosen);
    const report: BenchReport = {
      startedAt,
      runs: options.runs,
      isQuick: options.isQuick,
      machine,
      loadAverageAtEnd: readLoadAverage(),
      othersAtMostCores: bench.othersAtMostCores,
      figures,
    };
    process.stdout.write(`${renderTable(figures)}\n\n`);
    keep(report, options.only);
  } finally {
    await bench.end();
  }
}

function readOptions(args: readonly string[]): BenchOptions | undefined {
  try {
    return parseOptions(args);
  } catch (error) {
    process.stderr.write(`${usage}\n${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
    return undefined;
  }
}

/** What is measured is what ships: the bundle, built from the sources as they are now. */
function build(): void {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { stdio: 'inherit' });
  if (status !== 0) {
    throw new Error('The hub does not build.');
  }
}

async function measureAll(bench: Bench, chosen: readonly Experiment[]): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const experiment of chosen) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- what runs beside a measurement disturbs it.
      const measured = await experiment.measure(bench);
      bench.say(`${renderTable(measured)}\n`);
      figures.push(...measured);
    } catch (error) {
      // The others can still be measured; the table and the exit code say that this one was not.
      const { name } = experiment;
      bench.say(`${name} failed: ${error instanceof Error ? error.stack : String(error)}\n`);
      const notes = [`failed: ${error instanceof Error ? error.message : String(error)}`];
      figures.push({ name, what: name, unit: 'x', samples: [], ceiling: [], notes });
      process.exitCode = 1;
      // oxlint-disable-next-line no-await-in-loop -- before the next one is measured.
      await bench.endHubs();
    }
  }
  return figures;
}

/** Keeps a whole measurement beside the earlier ones; a look at one part or with less load stays out of the repository. */
function keep(report: BenchReport, only: readonly string[]): void {
  const folder = join(root, 'bench', 'results');
  const isWhole = only.length === 0 && !report.isQuick;
  const name = `${report.startedAt.slice(0, 16).replace(':', '')}${isWhole ? '' : '.local'}`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(report, undefined, 2)}\n`);
  writeFileSync(join(folder, `${name}.md`), renderMarkdown(report));
  process.stdout.write(`Kept as bench/results/${name}.md and .json.\n`);
}
