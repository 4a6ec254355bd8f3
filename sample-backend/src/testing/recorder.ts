import dgram from 'node:dgram';
import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

type AttributeValue = string | number | boolean | undefined;

/** A span as OTLP/JSON has it, its attributes as an object. */
export interface RecordedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly service: string;
  readonly startTimeUnixNano: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly events: readonly string[];
}

/** The parts of an X-Ray document that the tests look at. */
export interface RecordedSegment {
  readonly id: string;
  readonly trace_id: string;
  readonly parent_id?: string;
  readonly name: string;
  readonly start_time: number;
  readonly end_time?: number;
  readonly fault?: boolean;
  readonly error?: boolean;
  readonly http?: { readonly request?: { readonly url: string }; readonly response?: { readonly status?: number } };
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly cause?: { readonly exceptions: readonly RecordedException[] };
  readonly subsegments?: readonly RecordedSegment[];
}

interface RecordedException {
  readonly type: string;
  readonly message: string;
  readonly stack: readonly { readonly path: string; readonly line: number; readonly label: string }[];
}

/** Any other request that came, such as the call to a remote server or a Rollbar item. */
export interface RecordedRequest {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

interface OtlpValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
}

interface OtlpAttribute {
  readonly key: string;
  readonly value: OtlpValue;
}

interface OtlpBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

interface OtlpSpan extends Omit<RecordedSpan, 'attributes' | 'events' | 'service'> {
  readonly attributes: readonly OtlpAttribute[];
  readonly events?: readonly { readonly name: string; readonly attributes: readonly OtlpAttribute[] }[];
}

/** Sockets that keep what the sample sends: OTLP/JSON and everything else over HTTP, X-Ray over UDP. */
export class Recorder {
  readonly spans: RecordedSpan[] = [];
  readonly segments: RecordedSegment[] = [];
  readonly requests: RecordedRequest[] = [];
  readonly #arrivals = new EventEmitter();
  readonly #server = http.createServer((request, response) => void this.#receive(request, response));
  readonly #socket = dgram.createSocket('udp4');

  static async start(): Promise<Recorder> {
    const recorder = new Recorder();
    recorder.#server.listen(0, '127.0.0.1');
    recorder.#socket.bind(0, '127.0.0.1');
    await Promise.all([once(recorder.#server, 'listening'), once(recorder.#socket, 'listening')]);
    recorder.#socket.on('message', (datagram) => {
      recorder.segments.push(JSON.parse(datagram.toString().split('\n')[1] ?? '') as RecordedSegment);
      recorder.#arrivals.emit('arrival');
    });
    return recorder;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What points a program at this recorder. */
  get environment(): Record<string, string> {
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: this.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '20',
      AWS_XRAY_DAEMON_ADDRESS: `tcp:${this.url.slice('http://'.length)} udp:127.0.0.1:${this.#socket.address().port}`,
    };
  }

  /** Resolves with the first thing that `find` finds, now or later; the test's own time limit ends a wait in vain. */
  async waitFor<T>(find: () => T | undefined): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined) {
        return found;
      }
      await once(this.#arrivals, 'arrival');
    }
  }

  close(): void {
    this.#socket.close();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #receive(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) {
      body += String(chunk);
    }
    const path = request.url ?? '';
    if (path === '/v1/traces') {
      this.spans.push(...spansOf(JSON.parse(body) as OtlpBody));
    } else {
      this.requests.push({ path, headers: request.headers, body });
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answers[path] ?? {}));
    this.#arrivals.emit('arrival');
  }
}

const ruleOfEverything = {
  RuleName: 'all',
  Priority: 100,
  FixedRate: 1,
  ReservoirSize: 0,
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  ServiceName: '*',
  ServiceType: '*',
  ResourceARN: '*',
  Version: 1,
  Attributes: {},
};

const answers: Readonly<Record<string, unknown>> = {
  '/GetSamplingRules': {
    SamplingRuleRecords: [
      { SamplingRule: ruleOfEverything },
      {
        SamplingRule: {
          ...ruleOfEverything,
          RuleName: 'health',
          Priority: 1,
          FixedRate: 0,
          URLPath: '/api/health-check*',
        },
      },
    ],
  },
  '/SamplingTargets': { SamplingTargetDocuments: [], LastRuleModification: 0, UnprocessedStatistics: [] },
  '/remote.json': { announcements: [{ title: 'From afar', text: 'Hello' }] },
  '/api/1/item/': { err: 0, result: { uuid: 'd4c7acef55bf4c9ea95e4fe9428a8287' } },
};

function spansOf({ resourceSpans }: OtlpBody): RecordedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(attributesOf(resource.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        service,
        attributes: attributesOf(span.attributes),
        events: (span.events ?? []).map(
          ({ name, attributes }) => `${name} ${attributesOf(attributes)['exception.type'] ?? ''}`,
        ),
      })),
    );
  });
}

function attributesOf(attributes: readonly OtlpAttribute[]): Record<string, AttributeValue> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue,
    ]),
  );
}
