import { countOtlpJson, countOtlpProtobuf } from '@sightline/telemetry/cost/otlpEvents';
import { addUsage, type CostDestination, type Retention, type Usage } from '@sightline/telemetry/cost/usage';
import { putLimits } from '../store/logs/putLogEvents.ts';

/** A record as the relay sends it. */
export interface SentItem {
  readonly about: string;
  readonly body: Uint8Array;
}

export interface Sent {
  readonly usage: Usage;
  /** Of the log group that it went to. */
  readonly retention?: Retention;
}

/** X-Ray asks for each trace once; its segments come in several batches, seldom far apart. */
const mostTraces = 20_000;

/** What has arrived at one destination, as the destination counts it. */
export class SentUsage {
  readonly #destination: CostDestination;
  readonly #isHoneycomb: boolean;
  readonly #retentionDays: number | undefined;
  /** The traces that were counted, the oldest first. */
  readonly #traces = new Set<string>();

  /** `retentionDays` is that of groups that have none here. */
  constructor(
    destination: CostDestination,
    { endpoint, retentionDays }: { readonly endpoint?: string; readonly retentionDays?: number } = {},
  ) {
    this.#retentionDays = retentionDays;
    this.#destination = destination;
    this.#isHoneycomb = endpoint !== undefined && isHoneycomb(endpoint);
  }

  /** What one request that arrived counts for. */
  of(items: readonly SentItem[]): Sent {
    switch (this.#destination) {
      case 'xray':
        return { usage: this.#ofSegments(items) };
      case 'logs':
        return ofLogs(items, this.#retentionDays);
      case 'otlp':
        return { usage: this.#ofOtlp(items) };
      case 'rollbar':
        return { usage: { items: items.length, requests: 1 } };
    }
  }

  #ofSegments(items: readonly SentItem[]): Usage {
    const spanBytes = items.reduce((sum, { body }) => sum + body.length, 0);
    const traces = items.filter((item) => this.#isNew(item)).length;
    return { traces, spans: items.length, spanBytes, requests: 1 };
  }

  #isNew({ body }: SentItem): boolean {
    const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1');
    const id = /"trace_id"\s*:\s*"([^"]{1,100})"/.exec(text)?.[1];
    if (id === undefined || this.#traces.has(id)) {
      return false;
    }
    this.#traces.add(id);
    if (this.#traces.size > mostTraces) {
      const [oldest = ''] = this.#traces;
      this.#traces.delete(oldest);
    }
    return true;
  }

  #ofOtlp(items: readonly SentItem[]): Usage {
    const counted = items.map(({ about, body }) => {
      const [, signal, encoding] = about.split('-');
      const what = signal === 'logs' ? 'logs' : 'traces';
      return encoding === 'json' ? countOtlpJson(Buffer.from(body).toString(), what) : countOtlpProtobuf(body, what);
    });
    return counted.reduce<Usage>(
      (sum, { spans, logEvents, events }) => addUsage(sum, { spans, logEvents, ...(this.#isHoneycomb && { events }) }),
      { requests: 1 },
    );
  }
}

/** A batch goes to one group; CloudWatch counts the bytes of its messages and an overhead for each event. */
function ofLogs([item]: readonly SentItem[], otherwise: number | undefined): Sent {
  const about = JSON.parse(item?.about ?? '{}') as { events?: number; bytes?: number; retentionDays?: number };
  const { events = 0, bytes = 0, retentionDays } = about;
  const logBytes = bytes + events * putLimits.eventOverhead;
  return { usage: { logEvents: events, logBytes, requests: 1 }, retention: retentionDays ?? otherwise ?? 'never' };
}

function isHoneycomb(endpoint: string): boolean {
  const { hostname } = URL.canParse(endpoint) ? new URL(endpoint) : { hostname: '' };
  return hostname === 'honeycomb.io' || hostname.endsWith('.honeycomb.io');
}
