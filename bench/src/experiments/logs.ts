import { Agent, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Bench, Experiment } from '../bench.ts';
import { FigureSet, type Figure } from '../figures.ts';
import { eventsInBatch, makeLogBatches, rareTerm, streamNames } from '../load/logBatches.ts';
import type { HubProgram } from '../programs/hubProgram.ts';

/** CloudWatch Logs as its clients use it: batches acknowledged after commit, then searches over all of them. */
export const logsExperiment: Experiment = { name: 'logs', measure };

const connections = 4;

async function measure(bench: Bench): Promise<Figure[]> {
  const set = new FigureSet([
    {
      name: 'logs.rate',
      what: 'PutLogEvents, 1,000 lines of 200 bytes',
      unit: 'events/s',
      target: { atLeast: 150_000 },
    },
    { name: 'logs.rare', what: 'FilterLogEvents, a rare term, all pages', unit: 'ms', target: { atMost: 300 } },
    { name: 'logs.selector', what: 'FilterLogEvents, a JSON selector, all pages', unit: 'ms', target: { atMost: 800 } },
    { name: 'logs.insights', what: 'Insights, stats count(*) by bin(1m)', unit: 'ms', target: { atMost: 1_500 } },
  ]);
  const events = bench.scaled(1_000_000);
  const bodies = makeLogBatches(events, Date.now() - 3_600_000);
  set.note('logs.rare', `${events} events in ${bodies.length} batches, ${connections} connections`);
  await bench.eachRun(set, 'logs', async () => {
    const hub = await bench.startHub();
    const client = new LogsClient(hub);
    await bench.watched([hub.pid, process.pid], () => run(set, client, bodies, events));
    client.end();
    await hub.stop();
  });
  return set.figures();
}

async function run(set: FigureSet, client: LogsClient, bodies: readonly Buffer[], events: number): Promise<void> {
  await client.call('CreateLogGroup', { logGroupName: 'bench' });
  for (const logStreamName of streamNames()) {
    // oxlint-disable-next-line no-await-in-loop -- four calls before anything is measured.
    await client.call('CreateLogStream', { logGroupName: 'bench', logStreamName });
  }
  const putMillis = await millisOf(() => client.putAll(bodies));
  set.add('logs.rate', (bodies.length * eventsInBatch * 1_000) / putMillis);
  set.add('logs.rare', await millisOf(async () => expectCount(await client.countMatches(`"${rareTerm}"`), 1)));
  const selector = '{ $.status = 500 && $.ms = 50 }';
  set.add('logs.selector', await millisOf(async () => void (await client.countMatches(selector))));
  set.add('logs.insights', await millisOf(async () => expectCount(await client.countByMinute(), events)));
}

/** As little of a client as will do, so that the hub is measured and not an SDK. */
class LogsClient {
  readonly #endpoint: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: connections });

  constructor({ ready }: HubProgram) {
    this.#endpoint = ready.endpoints.api;
  }

  async call(operation: string, input: object | Buffer): Promise<Record<string, unknown>> {
    const body = Buffer.isBuffer(input) ? input : Buffer.from(JSON.stringify(input));
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'content-length': body.length,
      'x-amz-target': `Logs_20140328.${operation}`,
    };
    const reply = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const outgoing = request(this.#endpoint, { method: 'POST', headers, agent: this.#agent }, (response) => {
        buffer(response).then((bytes) => resolve({ status: response.statusCode ?? 0, text: bytes.toString() }), reject);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
    if (reply.status !== 200) {
      throw new Error(`${operation}: ${reply.text}`);
    }
    return reply.text === '' ? {} : (JSON.parse(reply.text) as Record<string, unknown>);
  }

  async putAll(bodies: readonly Buffer[]): Promise<void> {
    let next = 0;
    const send = async (): Promise<void> => {
      for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
        // oxlint-disable-next-line no-await-in-loop -- one at a time on each connection.
        await this.call('PutLogEvents', body);
      }
    };
    await Promise.all(Array.from({ length: connections }, send));
  }

  async countMatches(filterPattern: string): Promise<number> {
    let count = 0;
    let page: Record<string, unknown> = {};
    do {
      const { nextToken } = page;
      // oxlint-disable-next-line no-await-in-loop -- each page needs the token of the one before.
      page = await this.call('FilterLogEvents', { logGroupName: 'bench', filterPattern, nextToken });
      count += (page['events'] as readonly unknown[]).length;
    } while (page['nextToken'] !== undefined);
    return count;
  }

  /** Asks until the query is complete, and answers the sum of its counts. */
  async countByMinute(): Promise<number> {
    const queryString = 'stats count(*) as events by bin(1m)';
    const range = { startTime: 0, endTime: Math.ceil(Date.now() / 1_000) };
    const { queryId } = await this.call('StartQuery', { logGroupName: 'bench', queryString, ...range });
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- asked again until it is done.
      const { status, results } = await this.call('GetQueryResults', { queryId });
      if (status !== 'Running') {
        const rows = results as readonly (readonly { readonly field: string; readonly value: string }[])[];
        return rows.flat().reduce((sum, { field, value }) => sum + (field === 'events' ? Number(value) : 0), 0);
      }
    }
  }

  end(): void {
    this.#agent.destroy();
  }
}

async function millisOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function expectCount(found: number, expected: number): void {
  if (found !== expected) {
    throw new Error(`The hub answered ${found} instead of ${expected}.`);
  }
}
