import { ProtobufReader } from '@sightline/telemetry/decode/protobufReader';
import type { VendorApi } from '../query/vendorApi.ts';
import { receiveOtlp, type OtlpIntake } from '../receivers/otlpHttp.ts';
import { BodyReader } from '../receivers/requestBody.ts';
import type { OtlpEncoding } from '../receivers/otlpReply.ts';
import type { TelemetryStore } from '../store/telemetryStore.ts';

/** The bounds of AWS's endpoint (CloudWatch user guide, "OTLP endpoints", traces). */
const maxBytes = 5 * 2 ** 20;
const mostSpans = 10_000;
const maxSpanBytes = 200 * 2 ** 10;

/** Tags of opentelemetry/proto/trace/v1/trace.proto and the request around it: the fields that lead to a span. */
const pathToSpans = [0x0a, 0x12, 0x12] as const;

/**
 * X-Ray's OTLP endpoint, `/v1/traces`, as collectors and SDKs call it signed. Like all that takes traces in it is open to every program, so
 * the signature is not looked at.
 */
export function createXRayOtlpApi(store: TelemetryStore): VendorApi {
  const intake: OtlpIntake = {
    store,
    bodies: new BodyReader({ maxBytes, maxBytesInFlight: 16 * maxBytes }),
    receiver: 'api',
    onMetrics: () => undefined,
    limits: { maxBytes, troubleOf },
  };
  return {
    isFor: (path) => path === '/v1/traces',
    handle: (request, response) => receiveOtlp(request, response, intake),
  };
}

function troubleOf(body: Uint8Array, encoding: OtlpEncoding): string | undefined {
  const sizes = encoding === 'protobuf' ? protobufSpanSizes(body) : jsonSpanSizes(body);
  if (sizes.length > mostSpans) {
    return `The request has ${sizes.length} spans; X-Ray takes ${mostSpans} at a time.`;
  }
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  return largest > maxSpanBytes
    ? `A span has ${largest} bytes; X-Ray takes spans of ${maxSpanBytes} bytes at most.`
    : undefined;
}

/** The bytes of each span. What does not scan is left to the store, which says what is wrong with it. */
function protobufSpanSizes(body: Uint8Array): readonly number[] {
  const sizes: number[] = [];
  collectSizes(new ProtobufReader(body), 0, sizes);
  return sizes;
}

function collectSizes(reader: ProtobufReader, depth: number, sizes: number[]): void {
  for (let tag = reader.nextTag(); tag !== 0; tag = reader.nextTag()) {
    if (tag !== pathToSpans[depth]) {
      reader.skip(tag);
      continue;
    }
    const outerEnd = reader.enter();
    if (depth === pathToSpans.length - 1) {
      sizes.push(reader.end - reader.pos);
      reader.pos = reader.end;
    } else {
      collectSizes(reader, depth + 1, sizes);
    }
    reader.leave(outerEnd);
  }
}

/** The characters of each span, which is what AWS's bytes are in JSON but for text outside of ASCII. */
function jsonSpanSizes(body: Uint8Array): readonly number[] {
  try {
    const request: unknown = JSON.parse(new TextDecoder().decode(body));
    const scopes = membersOf([request], 'resourceSpans').flatMap((resource) => membersOf([resource], 'scopeSpans'));
    return membersOf(scopes, 'spans').map((span) => JSON.stringify(span).length);
  } catch {
    // Not JSON: the store says so.
    return [];
  }
}

function membersOf(parents: readonly unknown[], name: string): unknown[] {
  return parents.flatMap((parent) => {
    const members: unknown =
      typeof parent === 'object' && parent !== null ? (parent as Readonly<Record<string, unknown>>)[name] : undefined;
    return Array.isArray(members) ? (members as unknown[]) : [];
  });
}
