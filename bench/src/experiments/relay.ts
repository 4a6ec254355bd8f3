import { createServer, Agent, request, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { RelayDestination } from '@sightline/hub/client/relayApi';
import type { Bench, Experiment } from '../bench.ts';
import { FigureSet, type Figure } from '../figures.ts';
import { eventsInBatch, makeLogBatches, streamNames } from '../load/logBatches.ts';
import { makeDatagram } from '../load/xrayDatagrams.ts';
import type { HubProgram } from '../programs/hubProgram.ts';
import { residentMemoryOf } from '../machine.ts';
import { pause } from '../until.ts';

/** What goes on from the hub: how much of what is acknowledged, while more comes, and what an outage costs. */
export const relayExperiment: Experiment = { name: 'relay', measure };

const connections = 4;
const documentsInRequest = 50;
const keys = { accessKeyId: 'AKIDBENCH', secretAccessKey: 'bench' };
/** Ten minutes at 500 spans a second. */
const outageSpans = 300_000;
const lookMillis = 50;

async function measure(bench: Bench): Promise<Figure[]> {
  const set = new FigureSet([
    {
      name: 'relay.otlp',
      what: 'OTLP, arrived when the last request is acknowledged',
      unit: '%',
      target: { atLeast: 50 },
    },
    { name: 'relay.xray', what: 'X-Ray, the same', unit: '%', target: { atLeast: 50 } },
    { name: 'relay.logs', what: 'CloudWatch Logs, the same', unit: '%', target: { atLeast: 50 } },
    {
      name: 'relay.drain',
      what: 'back after ten minutes at 500 spans/s, all sent',
      unit: 'ms',
      target: { atMost: 60_000 },
    },
    { name: 'relay.lost', what: 'bytes sent and not arrived after the outage', unit: 'B', target: { atMost: 0 } },
    { name: 'relay.memory', what: 'memory that what waits takes', unit: 'MiB', target: { atMost: 20 } },
    { name: 'relay.drainMemory', what: 'and what sending it takes, at most', unit: 'MiB', target: { atMost: 20 } },
  ]);
  await bench.eachRun(set, 'relay', async () => {
    await measureOtlp(bench, set);
    await measureXRay(bench, set);
    await measureLogs(bench, set);
    await measureOutage(bench, set);
  });
  return set.figures();
}

async function measureOtlp(bench: Bench, set: FigureSet): Promise<void> {
  const { endpoint } = await bench.bareServer();
  const hub = await bench.startHub();
  const spansPerRequest = 512;
  const plan = { seed: 7, spans: bench.scaled(720_000), spansPerTrace: 10, spansPerRequest, startMillis: Date.now() };
  const { requests } = await bench.load.prepareOtlp(plan);
  await hub.client.changeRelay('otlp', { enabled: true, endpoint });
  const report = await bench.load.sendOtlp({ endpoint: hub.otlpEndpoint, connections });
  await addShare(set, hub, 'otlp', requests);
  set.note('relay.otlp', `acknowledged beside it: ${Math.round(report.acknowledgedSpans / report.seconds)} spans/s`);
  await hub.stop();
}

async function measureXRay(bench: Bench, set: FigureSet): Promise<void> {
  const { endpoint } = await bench.bareServer();
  const hub = await bench.startHub();
  const documents = bench.scaled(100_000);
  const bodies = Array.from({ length: documents / documentsInRequest }, (_, at) => segmentsBody(at));
  await hub.client.changeRelay('xray', { enabled: true, endpoint, region: 'us-east-1', credentials: keys });
  const seconds = await postAll(`${hub.ready.endpoints.api}/TraceSegments`, {}, bodies);
  await addShare(set, hub, 'xray', documents);
  set.note(
    'relay.xray',
    `acknowledged beside it: ${Math.round(documents / seconds)} documents/s, ${documentsInRequest} a call`,
  );
  await hub.stop();
}

async function measureLogs(bench: Bench, set: FigureSet): Promise<void> {
  const { endpoint } = await bench.bareServer();
  const hub = await bench.startHub();
  const events = bench.scaled(1_000_000);
  const bodies = makeLogBatches(events, Date.now() - 3_600_000);
  const { api } = hub.ready.endpoints;
  const names = streamNames().map((logStreamName) =>
    Buffer.from(JSON.stringify({ logGroupName: 'bench', logStreamName })),
  );
  await postAll(api, logsHeaders('CreateLogGroup'), [Buffer.from('{"logGroupName":"bench"}')]);
  await postAll(api, logsHeaders('CreateLogStream'), names);
  await hub.client.changeRelay('logs', { enabled: true, endpoint, region: 'us-east-1', credentials: keys });
  const seconds = await postAll(api, logsHeaders('PutLogEvents'), bodies);
  await addShare(set, hub, 'logs', events);
  set.note('relay.logs', `acknowledged beside it: ${Math.round(events / seconds)} events/s, ${eventsInBatch} a call`);
  await hub.stop();
}

/** What has arrived now, as a share of all, and that the rest comes too. */
async function addShare(set: FigureSet, hub: HubProgram, destination: RelayDestination, all: number): Promise<void> {
  const { destinations } = await hub.client.listRelay();
  set.add(`relay.${destination}`, (100 * destinations[destination].sent) / all);
  const { sent } = await drained(hub, destination);
  if (sent !== all) {
    throw new Error(`${sent} of ${all} records arrived (${destination}).`);
  }
}

async function measureOutage(bench: Bench, set: FigureSet): Promise<void> {
  const spans = bench.scaled(outageSpans);
  const plan = { seed: 8, spans, spansPerTrace: 10, spansPerRequest: 50, startMillis: Date.now() };
  const { bytes, requests } = await bench.load.prepareOtlp(plan);
  const sink = await Sink.open();
  const usual = await memoryAfter(bench, sink, async (hub) => void (await drained(hub, 'otlp')));
  await sink.close();
  sink.bytes = 0;
  const outage = await memoryAfter(bench, sink, () => Promise.resolve());
  const { destinations } = await outage.hub.client.listRelay();
  if (destinations.otlp.waiting !== requests) {
    throw new Error(`${destinations.otlp.waiting} of ${requests} requests wait.`);
  }
  set.add('relay.memory', outage.memory - usual.memory);
  set.note('relay.memory', `${spans} spans in ${requests} requests; beside a hub whose destination took them all`);
  await sink.open();
  const start = performance.now();
  const peak = new PeakMemory(outage.hub.pid);
  await drained(outage.hub, 'otlp');
  set.add('relay.drain', performance.now() - start);
  set.add('relay.drainMemory', peak.stop() - outage.memory);
  set.add('relay.lost', Math.abs(bytes - sink.bytes));
  await sink.close();
  await Promise.all([outage.hub.stop(), usual.hub.stop()]);
}

async function memoryAfter(
  bench: Bench,
  { endpoint }: Sink,
  then: (hub: HubProgram) => Promise<void>,
): Promise<{ hub: HubProgram; memory: number }> {
  const hub = await bench.startHub();
  await hub.client.changeRelay('otlp', { enabled: true, endpoint });
  await bench.load.sendOtlp({ endpoint: hub.otlpEndpoint, connections });
  await then(hub);
  const memory = await hub.settledMemory();
  return { hub, memory: memory?.rssMiB ?? Number.NaN };
}

async function drained(hub: HubProgram, destination: RelayDestination): Promise<{ sent: number }> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- asked again until nothing waits.
    const { destinations } = await hub.client.listRelay();
    const { waiting, sent, lastError } = destinations[destination];
    if (waiting === 0) {
      return { sent };
    }
    if (lastError?.startsWith('The relay could not') === true) {
      throw new Error(lastError);
    }
    // oxlint-disable-next-line no-await-in-loop -- as above.
    await pause(20);
  }
}

/** The most memory that a process has, looked at from time to time. */
class PeakMemory {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #rssMiB = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#look(), lookMillis);
  }

  stop(): number {
    clearInterval(this.#timer);
    this.#look();
    return this.#rssMiB;
  }

  #look(): void {
    this.#rssMiB = Math.max(this.#rssMiB, residentMemoryOf(this.#pid)?.rssMiB ?? Number.NaN);
  }
}

/** A destination that can go and come back on its port. */
class Sink {
  bytes = 0;
  #server: Server | undefined;
  #port = 0;

  static async open(): Promise<Sink> {
    const sink = new Sink();
    await sink.open();
    return sink;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async open(): Promise<void> {
    const server = createServer((incoming, response) => {
      incoming.on('data', (chunk: Buffer) => (this.bytes += chunk.length));
      incoming.on('end', () => response.end());
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server !== undefined) {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }
  }
}

function segmentsBody(number: number): Buffer {
  const documents = Array.from({ length: documentsInRequest }, (_, at) => {
    const datagram = makeDatagram(9, number * documentsInRequest + at, Date.now() - 60_000).toString();
    return datagram.slice(datagram.indexOf('\n') + 1);
  });
  return Buffer.from(JSON.stringify({ TraceSegmentDocuments: documents }));
}

function logsHeaders(operation: string): Record<string, string> {
  return { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${operation}` };
}

/** Posts all bodies over a few connections, each waiting for its answer; answers the seconds that took. */
async function postAll(url: string, headers: Record<string, string>, bodies: readonly Buffer[]): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const start = performance.now();
  let next = 0;
  const send = async (): Promise<void> => {
    for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
      // oxlint-disable-next-line no-await-in-loop -- one at a time on each connection.
      await post(url, headers, body, agent);
    }
  };
  await Promise.all(Array.from({ length: connections }, send));
  agent.destroy();
  return (performance.now() - start) / 1_000;
}

function post(url: string, headers: Record<string, string>, body: Buffer, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method: 'POST', headers: { ...headers, 'content-length': body.length }, agent },
      (response) => {
        response.resume();
        response.on('end', () =>
          response.statusCode === 200 ? resolve() : reject(new Error(`The hub answered ${response.statusCode}.`)),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
