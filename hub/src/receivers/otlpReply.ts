/**
 * The replies of OTLP/HTTP and OTLP/gRPC (opentelemetry-proto, collector/{trace,logs,metrics}/v1, and google.rpc.Status),
 * written by hand: three fields do not need a protobuf library.
 */
export type OtlpEncoding = 'protobuf' | 'json';
export type OtlpSignal = 'traces' | 'logs' | 'metrics';

export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/** What the JSON form calls the number of rejected records. */
const rejectedNames: Readonly<Record<OtlpSignal, string>> = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
};

/** `Export<Signal>ServiceResponse`; without a partial success everything was taken, and the field must be unset. */
export function encodeExportReply(
  encoding: OtlpEncoding,
  signal: OtlpSignal,
  partial?: PartialSuccess,
): Uint8Array | string {
  if (encoding === 'json') {
    return partial === undefined
      ? '{}'
      : JSON.stringify({
          partialSuccess: { [rejectedNames[signal]]: String(partial.rejected), errorMessage: partial.message },
        });
  }
  return partial === undefined ? empty : lengthDelimited(1, countAndText(partial.rejected, partial.message));
}

/** google.rpc.Code values that OTLP uses. */
export const rpcCodes = {
  invalidArgument: 3,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  unavailable: 14,
} as const;

/** `google.rpc.Status`, the body of a failed OTLP/HTTP request. */
export function encodeStatus(encoding: OtlpEncoding, code: number, message: string): Uint8Array | string {
  return encoding === 'json' ? JSON.stringify({ code, message }) : countAndText(code, message);
}

const empty = new Uint8Array(0);

/** A varint in field 1 (absent when zero, as proto3 has it) and a string in field 2. */
function countAndText(count: number, text: string): Uint8Array {
  const counted = count === 0 ? [] : [0x08, ...varint(count)];
  return Buffer.concat([Buffer.from(counted), lengthDelimited(2, Buffer.from(text))]);
}

function lengthDelimited(field: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([field * 8 + 2, ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...bytes, rest];
}
