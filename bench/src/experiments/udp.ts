import { rmSync } from 'node:fs';
import type { Bench, Experiment } from '../bench.ts';
import { FigureSet, type Figure } from '../figures.ts';
import { spansPerDatagram } from '../load/xrayDatagrams.ts';
import type { HubProgram } from '../programs/hubProgram.ts';

const burst = 2_000;

/** X-Ray segments over UDP, at rates and in bursts; what counts is what the hub has stored afterwards. */
export const udpExperiment: Experiment = { name: 'udp', measure };

async function measure(bench: Bench): Promise<Figure[]> {
  const seconds = bench.isQuick ? 2 : 10;
  const bursts = bench.isQuick ? 3 : 20;
  const set = new FigureSet([
    { name: 'udp.20k', what: `X-Ray UDP at 20,000/s for ${seconds} s, stored`, unit: '%', target: { atLeast: 100 } },
    { name: 'udp.burst', what: `X-Ray UDP, ${bursts} bursts of ${burst}, stored`, unit: '%', target: { atLeast: 100 } },
    { name: 'udp.50k', what: `X-Ray UDP at 50,000/s for ${seconds / 2} s, stored`, unit: '%', target: { atLeast: 98 } },
  ]);
  const { requests, bytes } = await bench.load.prepareDatagrams(2000, 25_000 * seconds);
  set.note(
    'udp.20k',
    `segments of ${Math.round(bytes / requests)} bytes with two subsegments, one trace each, a new hub for each line`,
  );
  await bench.eachRun(set, 'udp', async () => {
    await inNewHub(bench, set, 'udp.20k', (hub) => stream(bench, hub, 20_000, 20_000 * seconds));
    await inNewHub(bench, set, 'udp.burst', (hub) => sendBursts(bench, hub, bursts));
    await inNewHub(bench, set, 'udp.50k', (hub) => stream(bench, hub, 50_000, 25_000 * seconds));
  });
  return set.figures();
}

interface Sent {
  readonly count: number;
  /** Of the rate that was asked for; below it the run says nothing about the hub. */
  readonly shareOfRate: number;
}

async function inNewHub(
  bench: Bench,
  set: FigureSet,
  name: string,
  send: (hub: HubProgram) => Promise<Sent>,
): Promise<void> {
  const hub = await bench.startHub();
  const { count, shareOfRate } = await bench.watched([hub.pid], () => send(hub));
  const stored = (await hub.storedSpans(count * spansPerDatagram)) / spansPerDatagram;
  const { dropped, udpBuffer } = await hub.client.stats();
  await hub.stop();
  rmSync(hub.ready.dataDir, { recursive: true });
  if (shareOfRate < 0.97) {
    set.note(name, `a run is left out: the sender reached only ${(shareOfRate * 100).toFixed(0)} % of the rate`);
    return;
  }
  set.add(name, (100 * stored) / count);
  if (stored < count) {
    const { asked, granted } = udpBuffer ?? {};
    const what = `${count - stored} of ${count} not stored; the hub counts ${JSON.stringify(dropped)}`;
    set.note(name, `${what}; receive buffer ${granted} of ${asked} bytes`);
  }
}

async function stream(bench: Bench, hub: HubProgram, rate: number, count: number): Promise<Sent> {
  const report = await bench.load.sendDatagrams({ ...hub.xrayAddress, from: 0, to: count, rate });
  return { count: report.sent, shareOfRate: report.sent / report.seconds / rate };
}

/** Each burst as fast as one process sends, the next once the hub has come to rest. */
async function sendBursts(bench: Bench, hub: HubProgram, bursts: number): Promise<Sent> {
  let sent = 0;
  for (let number = 0; number < bursts; number += 1) {
    const from = number * burst;
    // oxlint-disable-next-line no-await-in-loop -- one burst at a time is what is measured.
    sent += (await bench.load.sendDatagrams({ ...hub.xrayAddress, from, to: from + burst })).sent;
    // oxlint-disable-next-line no-await-in-loop -- as above.
    await hub.storedSpans(sent * spansPerDatagram);
  }
  return { count: sent, shareOfRate: 1 };
}
