import { mix, requestIdOf, spanIdOf, traceIdOf } from './madeIds.ts';
import { ProtobufWriter } from './protobufWriter.ts';
import { planSpan, services, type PlannedSpan } from './spanPlan.ts';

/** What a load is made of. The same plan gives the same bytes. */
export interface LoadPlan {
  readonly seed: number;
  readonly spans: number;
  readonly spansPerTrace: number;
  readonly spansPerRequest: number;
  /** When the first trace began, Unix milliseconds; the others follow 600 microseconds apart. */
  readonly startMillis: number;
}

export interface RequestBody {
  readonly bytes: Buffer;
  readonly firstSpan: number;
  readonly spanCount: number;
}

/**
 * OTLP trace export requests (opentelemetry-proto, trace/v1) for the whole plan: about 590 bytes a span in requests of 512, ten attributes,
 * of which one is unique and one has 65,536 values.
 */
export function encodeOtlpBodies(plan: LoadPlan): RequestBody[] {
  const writer = new ProtobufWriter();
  const bodies: RequestBody[] = [];
  for (let first = 0; first < plan.spans; first += plan.spansPerRequest) {
    const count = Math.min(plan.spansPerRequest, plan.spans - first);
    bodies.push({ bytes: encodeRequest(writer, plan, first, count), firstSpan: first, spanCount: count });
  }
  return bodies;
}

function encodeRequest(writer: ProtobufWriter, plan: LoadPlan, first: number, count: number): Buffer {
  const planned = Array.from({ length: count }, (_, offset) => planSpan(first + offset, plan.spansPerTrace));
  for (const [service, name] of services.entries()) {
    const own = planned.filter((span) => span.service === service);
    if (own.length > 0) {
      writer.message(1, () => {
        writer.message(1, () => writeResource(writer, name));
        writer.message(2, () => {
          writer.message(1, () => {
            writer.text(1, '@opentelemetry/instrumentation-http');
            writer.text(2, '0.301.0');
          });
          for (const span of own) {
            writer.message(2, () => writeSpan(writer, plan, span));
          }
        });
      });
    }
  }
  return writer.take();
}

function writeResource(writer: ProtobufWriter, service: string): void {
  writeText(writer, 1, 'service.name', service);
  writeText(writer, 1, 'service.version', '1.2.3');
  writeText(writer, 1, 'deployment.environment.name', 'dev');
  writeText(writer, 1, 'telemetry.sdk.language', 'nodejs');
  writeText(writer, 1, 'telemetry.sdk.name', 'opentelemetry');
  writeText(writer, 1, 'telemetry.sdk.version', '3.1.0');
  writeNumber(writer, 1, 'process.pid', 4711);
}

function writeSpan(writer: ProtobufWriter, plan: LoadPlan, span: PlannedSpan): void {
  const start = BigInt(plan.startMillis) * 1_000_000n + BigInt(span.traceIndex) * 600_000n + span.startOffsetNanos;
  writer.bytes(1, traceIdOf(plan.seed, span.traceIndex));
  writer.bytes(2, spanIdOf(plan.seed, span.index));
  if (span.parentIndex !== undefined) {
    writer.bytes(4, spanIdOf(plan.seed, span.parentIndex));
  }
  writer.text(5, span.name);
  writer.varint(6, span.kind);
  writer.fixed64(7, start);
  writer.fixed64(8, start + span.durationNanos);
  writeAttributes(writer, plan, span);
  if (span.isError) {
    writer.message(15, () => {
      writer.text(2, 'upstream request timeout');
      writer.varint(3, 2);
    });
  }
}

const attribute = 9;

/** Ten attributes of the kinds that HTTP instrumentation sends. */
function writeAttributes(writer: ProtobufWriter, plan: LoadPlan, span: PlannedSpan): void {
  const url = mix(plan.seed, span.traceIndex, 11) % 65_536;
  writeText(writer, attribute, 'http.request.method', span.kind === 2 ? 'GET' : 'POST');
  writeNumber(writer, attribute, 'http.response.status_code', span.isError ? 504 : 200);
  writeText(writer, attribute, 'url.full', `http://localhost:4567${span.route}?cursor=${url}&limit=20`);
  writeText(writer, attribute, 'http.route', span.route);
  writeText(writer, attribute, 'server.address', 'localhost');
  writeNumber(writer, attribute, 'server.port', 4567);
  writeText(writer, attribute, 'user_agent.original', userAgent);
  writeText(writer, attribute, 'app.user.handle', `person-${mix(plan.seed, span.traceIndex, 13) % 5_000}`);
  writeText(writer, attribute, 'app.cache.key', `timeline:${url}:${mix(plan.seed, span.traceIndex, 14)}:newest-first`);
  writeText(writer, attribute, 'app.request.id', requestIdOf(plan.seed, span.index).toString('hex'));
}

const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0 Safari/537.36';

function writeText(writer: ProtobufWriter, field: number, key: string, value: string): void {
  writer.message(field, () => {
    writer.text(1, key);
    writer.message(2, () => writer.text(1, value));
  });
}

function writeNumber(writer: ProtobufWriter, field: number, key: string, value: number): void {
  writer.message(field, () => {
    writer.text(1, key);
    writer.message(2, () => writer.varint(3, value));
  });
}
