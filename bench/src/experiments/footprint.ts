import { rmSync } from 'node:fs';
import type { Bench, Experiment } from '../bench.ts';
import { diskUse } from '../diskUse.ts';
import { FigureSet, type Figure } from '../figures.ts';
import type { HubProgram } from '../programs/hubProgram.ts';
import { fill, millionPlan } from './million.ts';

/** Start-up, memory and disk: what the hub costs the machine, empty and with a million spans. */
export const footprintExperiment: Experiment = { name: 'footprint', measure };

const definitions = [
  { name: 'start.empty', what: 'hub start to ready, empty', unit: 'ms', target: { atMost: 300 } },
  {
    name: 'start.clean',
    what: 'hub start to ready, 1,000,000 spans, after a clean stop',
    unit: 'ms',
    target: { atMost: 800 },
  },
  {
    name: 'start.killed',
    what: 'hub start to ready, 1,000,000 spans, after kill -9',
    unit: 'ms',
    target: { atMost: 1_500 },
  },
  {
    name: 'start.killedLost',
    what: 'acknowledged spans missing or doubled after kill -9',
    unit: 'spans',
    target: { atMost: 0 },
  },
  { name: 'memory.idle', what: 'resident memory, idle', unit: 'MiB', target: { atMost: 125 } },
  { name: 'memory.100k', what: 'resident memory, 100,000 spans', unit: 'MiB', target: { atMost: 200 } },
  { name: 'memory.1M', what: 'resident memory, 1,000,000 spans', unit: 'MiB', target: { atMost: 480 } },
  { name: 'memory.reopened', what: 'resident memory, 1,000,000 spans, after a clean start', unit: 'MiB' },
  {
    name: 'disk',
    what: 'disk, main file after a clean stop',
    unit: 'B/span',
    target: { atMost: 150 },
  },
] as const;

async function measure(bench: Bench): Promise<Figure[]> {
  const set = new FigureSet(definitions);
  const plan = millionPlan(bench);
  const { requests } = await bench.load.prepareOtlp(plan);
  if (plan.spans !== 1_000_000) {
    set.note('memory.1M', `only ${plan.spans} spans where 1,000,000 are meant`);
  }
  // Of all runs together, those that were disturbed and done again included: no disturbance excuses a lost span.
  let lost = 0;
  await bench.eachRun(set, 'footprint', async () => {
    await grow(bench, set, plan.spans, Math.round(requests / 10));
    lost += await crash(bench, set, plan.spans);
  });
  set.add('start.killedLost', lost);
  return set.figures();
}

/** A hub from empty to a million spans, stopped as a person would and started again. */
async function grow(bench: Bench, set: FigureSet, spans: number, tenth: number): Promise<void> {
  const hub = await bench.startHub();
  const { dataDir } = hub.ready;
  set.add('start.empty', hub.readyMillis);
  await addMemory(set, 'memory.idle', hub);
  await fill(bench, hub, 0, tenth);
  await addMemory(set, 'memory.100k', hub);
  await bench.watched([hub.pid], () => fill(bench, hub, tenth));
  await addMemory(set, 'memory.1M', hub);
  await hub.stop();
  const { mainFile, files } = diskUse(dataDir);
  set.add('disk', mainFile / spans);
  set.note('disk', files);
  const again = await bench.startHub({ dataDir });
  set.add('start.clean', again.readyMillis);
  expectSpans(await again.storedSpans(), spans);
  await addMemory(set, 'memory.reopened', again);
  await again.stop();
  rmSync(dataDir, { recursive: true });
}

/** A hub that is killed right after its last acknowledgement, with whatever it then has not tidied, and started on that. Answers what is missing or too much. */
async function crash(bench: Bench, set: FigureSet, spans: number): Promise<number> {
  const hub = await bench.startHub();
  const { dataDir } = hub.ready;
  await bench.watched([hub.pid], () => fill(bench, hub));
  await hub.kill();
  const again = await bench.startHub({ dataDir });
  set.add('start.killed', again.readyMillis);
  const lost = Math.abs((await again.storedSpans()) - spans);
  await again.stop();
  rmSync(dataDir, { recursive: true });
  return lost;
}

function expectSpans(found: number, wanted: number): void {
  if (found !== wanted) {
    throw new Error(`The hub has ${found} spans after a clean stop and start, of ${wanted}.`);
  }
}

async function addMemory(set: FigureSet, name: string, hub: HubProgram): Promise<void> {
  const memory = await hub.settledMemory();
  if (memory === undefined) {
    set.note(name, 'not measured here: only Linux says what a process holds');
    return;
  }
  set.add(name, memory.rssMiB);
  set.note(
    name,
    `VmRSS of the whole process; Pss ${memory.pssMiB.toFixed(0)}, peak ${memory.peakRssMiB.toFixed(0)} MiB`,
  );
}
