import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { isLoopback } from '../guard.ts';
import { BodyBuffers } from '../store/bodyBuffers.ts';
import { Connections, commonOutcome, outcomeOfFailure, shortOf, type Reply } from './post.ts';
import { requireArrival, TestFailure, type Item, type Outcome, type Sender } from './outcome.ts';

const compress = promisify(gzip);

/** Of one request, before compression. Receivers take 4 MB at least (gRPC's default, which they keep for HTTP). */
const requestBytes = 1_000_000;

export interface OtlpSettings {
  /** As OTEL_EXPORTER_OTLP_ENDPOINT: `/v1/traces` and `/v1/logs` are added. */
  readonly endpoint: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Sends OTLP requests as they came (opentelemetry.io, "OTLP/HTTP"). Several protobuf messages one after the other are one message whose lists are
 * joined (protobuf.dev, "Last One Wins"), so many small requests make a large one without being read.
 */
export class OtlpSender implements Sender {
  readonly #settings: OtlpSettings;
  readonly #connections: Connections;
  readonly #buffers = new BodyBuffers();

  constructor(settings: OtlpSettings, connections = new Connections()) {
    this.#settings = settings;
    this.#connections = connections;
  }

  split(items: readonly Item[]): readonly (readonly Item[])[] {
    const requests: Item[][] = [];
    // Traces and logs have a path each; within one the order is kept.
    for (const sameKind of Map.groupBy(items, ({ about }) => about).values()) {
      let bytes = Infinity;
      for (const item of sameKind) {
        bytes += item.body.length;
        const last = requests.at(-1);
        if (bytes > requestBytes || last === undefined || item.about.endsWith('json')) {
          requests.push([item]);
          bytes = item.body.length;
        } else {
          last.push(item);
        }
      }
    }
    return requests;
  }

  async send(items: readonly Item[], signal: AbortSignal): Promise<Outcome> {
    const [first] = items;
    if (first === undefined) {
      return { kind: 'arrived' };
    }
    const [, what, encoding] = first.about.split('-');
    // A copy also of a single one: what an item lies in is given back when its page is done.
    const body = this.#joined(items);
    try {
      const reply = await this.#post(`v1/${what}`, encoding === 'json' ? 'json' : 'x-protobuf', body, signal);
      return this.#outcomeOf(reply);
    } catch (error) {
      return outcomeOfFailure(error);
    }
  }

  async test(signal: AbortSignal): Promise<string> {
    const owner = await this.#askHoneycomb(signal);
    const body = Buffer.from(JSON.stringify(testRequest(Date.now())));
    requireArrival(await this.send([{ about: 'otlp-traces-json', body }], signal));
    return `${owner ?? `${this.#settings.endpoint.host} takes OTLP.`} A test span named "sightline test" has been sent.`;
  }

  close(): void {
    this.#connections.close();
  }

  async #post(path: string, type: string, body: Buffer<ArrayBuffer>, signal: AbortSignal): Promise<Reply> {
    const { endpoint, headers } = this.#settings;
    const url = new URL(endpoint);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/${path}`;
    // On this machine compressing costs more than it saves.
    const isNear = isLoopback(endpoint.hostname) || body.length < 1_000;
    const reply = await this.#connections.post(url, {
      headers: { ...headers, 'content-type': `application/${type}`, ...(isNear ? {} : { 'content-encoding': 'gzip' }) },
      body: isNear ? body : await compress(body, { level: 1 }),
      signal,
    });
    if (reply.isBodySent) {
      this.#buffers.give(body.buffer);
    }
    return reply;
  }

  #joined(items: readonly Item[]): Buffer<ArrayBuffer> {
    const room = this.#buffers.take(items.reduce((sum, item) => sum + item.body.length, 0));
    let at = 0;
    for (const { body } of items) {
      room.set(body, at);
      at += body.length;
    }
    return room;
  }

  #outcomeOf(reply: Reply): Outcome {
    const who = this.#settings.endpoint.host;
    const common = commonOutcome(reply, who);
    if (common !== undefined) {
      return common;
    }
    const { status, text, headers } = reply;
    const said = shortOf(text, headers['content-type']);
    if (status < 300) {
      return { kind: 'arrived' };
    }
    if (status === 401 || status === 403) {
      return { kind: 'blocked', reason: `${who} does not take the key (${status})${said}.` };
    }
    if (status === 404 || status === 405) {
      return { kind: 'blocked', reason: `There is no OTLP at ${who} (${status}): the endpoint is something else.` };
    }
    return { kind: 'refused', reason: `${who} refused it (${status})${said}.` };
  }

  /** Whom the key belongs to (Honeycomb API, `GET /1/auth`); `undefined` where the endpoint is not Honeycomb's. Throws `TestFailure`. */
  async #askHoneycomb(signal: AbortSignal): Promise<string | undefined> {
    const { endpoint, headers } = this.#settings;
    const [, key] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-honeycomb-team') ?? [];
    if (key === undefined) {
      if (/(^|\.)honeycomb\.io$/.test(endpoint.hostname)) {
        throw new TestFailure('Honeycomb needs a key: set the header x-honeycomb-team.');
      }
      return undefined;
    }
    const reply = await this.#connections
      .post(new URL('/1/auth', endpoint), { method: 'GET', headers: { 'x-honeycomb-team': key }, signal })
      .catch((error: unknown) => {
        throw new TestFailure(error instanceof Error ? error.message : String(error), { cause: error });
      });
    if (reply.status === 401) {
      throw new TestFailure('Honeycomb does not know this key.');
    }
    return reply.status === 200 ? honeycombSentence(reply.text) : undefined;
  }
}

function honeycombSentence(text: string): string | undefined {
  try {
    const { team, environment } = JSON.parse(text) as {
      readonly team?: { readonly name?: string };
      readonly environment?: { readonly name?: string };
    };
    const where = environment?.name === undefined || environment.name === '' ? 'Classic' : environment.name;
    return `Honeycomb knows the key: team "${team?.name ?? '?'}", environment "${where}".`;
  } catch {
    // Another server that has something there; the test span says more.
    return undefined;
  }
}

function testRequest(now: number): object {
  const nanos = `${now}000000`;
  const span = {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: 'sightline test',
    kind: 1,
  };
  const spans = [{ ...span, startTimeUnixNano: nanos, endTimeUnixNano: nanos }];
  const attributes = [{ key: 'service.name', value: { stringValue: 'sightline-test' } }];
  return { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope: { name: 'sightline' }, spans }] }] };
}
