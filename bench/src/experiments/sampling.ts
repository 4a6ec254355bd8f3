import type { Bench, Experiment } from '../bench.ts';
import { FigureSet, type Figure } from '../figures.ts';
import { cpuSecondsOf } from '../machine.ts';

/** X-Ray SDKs that report what they sampled every ten seconds and get their targets: 1,000 calls a second. */
export const samplingExperiment: Experiment = { name: 'sampling', measure };

const clients = 10_000;

async function measure(bench: Bench): Promise<Figure[]> {
  const name = 'sampling.cpu';
  const set = new FigureSet([
    {
      name,
      what: `GetSamplingTargets, ${clients} clients every 10 s, of one core`,
      unit: '%',
      target: { atMost: 20 },
    },
  ]);
  const seconds = bench.isQuick ? 10 : 20;
  const bare = await bench.bareServer();
  await bench.eachRun(set, 'sampling', async () => {
    const ceiling = await shareOf(bench, bare.pid, { endpoint: bare.endpoint, clients, seconds });
    const hub = await bench.startHub();
    const share = await shareOf(bench, hub.pid, { endpoint: hub.ready.endpoints.xrayTcp ?? '', clients, seconds });
    const { rules } = await hub.client.listSamplingRules();
    const reporting = Math.max(...rules.map(({ activity }) => activity.clients));
    if (reporting !== clients) {
      throw new Error(`The hub knows ${reporting} clients of ${clients}.`);
    }
    set.add(name, share, ceiling);
    await hub.stop();
  });
  return set.figures();
}

/** The share of one core that a process needs for the reports, in percent. */
async function shareOf(
  bench: Bench,
  pid: number,
  send: { readonly endpoint: string; readonly clients: number; readonly seconds: number },
): Promise<number> {
  // Connecting is not reporting: it is over before the first report, and no SDK does it 1,000 times a second.
  return await bench.watched([pid], async () => {
    await bench.load.connectReports(send);
    const before = cpuSecondsOf(pid) ?? Number.NaN;
    const { codes, seconds } = await bench.load.sendReports(send);
    const wanted = (send.clients * send.seconds) / 10;
    if (codes['200'] !== wanted) {
      throw new Error(`Of ${wanted} reports: ${JSON.stringify(codes)}`);
    }
    return (((cpuSecondsOf(pid) ?? Number.NaN) - before) / seconds) * 100;
  });
}
