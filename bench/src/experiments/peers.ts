import { rmSync } from 'node:fs';
import type { Bench, Experiment } from '../bench.ts';
import { FigureSet, type Figure } from '../figures.ts';
import { findPeer, PeerProgram, peers, type Peer } from '../programs/peerProgram.ts';
import { rateOf, sendWarm } from './ingest.ts';

/** The hub and the other local viewers that are installed, in turns, with the same bodies. Neither of the others keeps what it acknowledges. */
export const peersExperiment: Experiment = { name: 'peers', measure };

const atLeast: Readonly<Record<string, number>> = { OTEL_DESKTOP_VIEWER: 2.5, JAEGER: 1.5 };
const batch = 512;

async function measure(bench: Bench): Promise<Figure[]> {
  const set = new FigureSet(
    peers.flatMap((peer) => [
      {
        name: `peers.${peer.command}`,
        what: `OTLP/HTTP, ${batch}-span batches, the hub's rate over that of ${peer.name}`,
        unit: 'x' as const,
        target: { atLeast: atLeast[peer.variable] ?? 1 },
      },
      { name: `peers.${peer.command}.rate`, what: `the rate of ${peer.name}`, unit: 'spans/s' as const },
    ]),
  );
  const found = peers.flatMap((peer) => {
    const program = findPeer(peer);
    if (program === undefined) {
      set.note(`peers.${peer.command}`, `not installed (neither ${peer.variable} nor PATH names it)`);
    }
    return program === undefined ? [] : [{ peer, program }];
  });
  if (found.length === 0) {
    return set.figures();
  }
  const measured = bench.scaled(400_000);
  const warmUp = Math.ceil(measured / 10 / batch);
  const spans = measured + warmUp * batch;
  await bench.load.prepareOtlp({
    seed: 99,
    spans,
    spansPerTrace: 10,
    spansPerRequest: batch,
    startMillis: Date.now() - 60_000,
  });
  await bench.eachRun(set, 'peers', async () => {
    const own = await ownRate(bench, warmUp);
    for (const { peer, program } of found) {
      // oxlint-disable-next-line no-await-in-loop -- one program at a time is what is compared.
      const rate = await peerRate(bench, peer, program, warmUp);
      set.add(`peers.${peer.command}`, own / rate);
      set.add(`peers.${peer.command}.rate`, rate);
    }
  });
  return set.figures();
}

async function ownRate(bench: Bench, warmUp: number): Promise<number> {
  const hub = await bench.startHub();
  const report = await sendWarm(bench, hub.otlpEndpoint, hub.pid, warmUp);
  await hub.stop();
  rmSync(hub.ready.dataDir, { recursive: true });
  return rateOf(report);
}

async function peerRate(bench: Bench, peer: Peer, program: string, warmUp: number): Promise<number> {
  const started = await PeerProgram.start(peer, program, bench.makeFolder());
  try {
    return rateOf(await sendWarm(bench, started.endpoint, started.pid, warmUp));
  } finally {
    await started.end();
  }
}
