export interface SpanSpec {
  readonly traceId: string;
  readonly spanId: string;
  readonly [field: string]: unknown;
}

/** An OTLP/JSON export request of spans of one service. */
export function exportOf(spans: readonly SpanSpec[]): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'backend' } }] },
        scopeSpans: [{ spans }],
      },
    ],
  });
}

/** A span of five milliseconds that began now; its ids are made from a number. */
export function spanNumber(number: number, rest: Readonly<Record<string, unknown>> = {}): SpanSpec {
  const start = BigInt(Date.now()) * 1_000_000n;
  return {
    traceId: hex(number, 32),
    spanId: hex(number, 16),
    name: 'GET',
    kind: 2,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 5_000_000n),
    ...rest,
  };
}

/** Hex digits that begin with an `a`, so that no number makes them all zero. */
export function hex(number: number, length: number): string {
  return `a${number.toString(16).padStart(length - 1, '0')}`;
}
