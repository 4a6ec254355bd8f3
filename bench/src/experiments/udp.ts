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
  await bench.eachRun('udp', async () => {
    set.add('udp.20k', await inNewHub(bench, set, 'udp.20k', (hub) => stream(bench, hub, 20_000, 20_000 * seconds)));
    set.add('udp.burst', await inNewHub(bench, set, 'udp.burst', (hub) => sendBursts(bench, hub, bursts)));
    set.add('udp.50k', await inNewHub(bench, set, 'udp.50k', (hub) => stream(bench, hub, 50_000, 25_000 * seconds)));
  });
  return set.figures();
}

async function inNewHub(
  bench: Bench,
  set: FigureSet,
  name: string,
  send: (hub: HubProgram) => Promise<number>,
): Promise<number> {
  const hub = await bench.startHub();
  const sent = await bench.watched([hub.pid], () => send(hub));
  const stored = (await hub.storedSpans()) / spansPerDatagram;
  const { dropped, udpBuffer } = await hub.client.stats();
  if (stored < sent) {
    const { asked, granted } = udpBuffer ?? {};
    set.note(
      name,
      `${sent - stored} of ${sent} not stored; the hub counts ${JSON.stringify(dropped)}; receive buffer ${granted} of ${asked} bytes`,
    );
  }
  await hub.stop();
  rmSync(hub.ready.dataDir, { recursive: true });
  return (100 * stored) / sent;
}

/** Answers how many were sent. */
async function stream(bench: Bench, hub: HubProgram, rate: number, count: number): Promise<number> {
  const report = await bench.load.sendDatagrams({ ...hub.xrayAddress, from: 0, to: count, rate });
  const reached = report.sent / report.seconds;
  if (reached < rate * 0.97) {
    throw new Error(`The sender reached ${Math.round(reached)} of ${rate} datagrams a second: nothing was measured.`);
  }
  return report.sent;
}

/** Each burst as fast as one process sends, the next once the hub has come to rest. */
async function sendBursts(bench: Bench, hub: HubProgram, bursts: number): Promise<number> {
  let sent = 0;
  for (let number = 0; number < bursts; number += 1) {
    const from = number * burst;
    // oxlint-disable-next-line no-await-in-loop -- one burst at a time is what is measured.
    sent += (await bench.load.sendDatagrams({ ...hub.xrayAddress, from, to: from + burst })).sent;
    // oxlint-disable-next-line no-await-in-loop -- as above.
    await hub.storedSpans(sent * spansPerDatagram);
  }
  return sent;
}
