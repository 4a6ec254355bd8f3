import type { LogEvent } from '@sightline/telemetry/model/logEvent';
import type { TraceId } from '@sightline/telemetry/model/ids';
import type { TreeRow } from '@sightline/telemetry/view/traceTree';
import type { LogEventJson } from '../../client/api.ts';
import type { GroupReader } from './groupReader.ts';
import type { IndexedLog, IndexedSpan } from './sharedIndex.ts';
import { toLogEventJson, toSpanJson } from '../../client/spanJson.ts';
import { decodeLogs, decodeTracePart, payloadPartsOf } from './tracePayloads.ts';

/** About this many characters go out at once. */
const pieceLength = 131_072;

export interface TraceContents {
  readonly rows: readonly TreeRow<IndexedSpan>[];
  /** OpenTelemetry's records, and CloudWatch's lines. */
  readonly logs: readonly IndexedLog[];
  readonly lines: readonly LogEventJson[];
  /** JSON texts. */
  readonly errors: readonly string[];
}

/** The JSON text of a `TraceDetail` piece by piece: one payload is decoded at a time, so a trace of any size takes little memory. */
export function* tracePieces(
  traceId: TraceId,
  { rows, logs, lines, errors }: TraceContents,
  groups: GroupReader,
): Generator<string, void> {
  let piece = `{"id":${JSON.stringify(traceId)},"spans":[`;
  let comma = '';
  for (const json of spanTexts(traceId, rows, groups)) {
    piece += comma + json;
    comma = ',';
    if (piece.length >= pieceLength) {
      yield piece;
      piece = '';
    }
  }
  piece += '],"logs":[';
  comma = '';
  for (const event of allLogs(logs, lines, groups)) {
    piece += comma + JSON.stringify(event);
    comma = ',';
    if (piece.length >= pieceLength) {
      yield piece;
      piece = '';
    }
  }
  yield `${piece}],"errors":[${errors.join()}]}`;
}

function* spanTexts(
  traceId: TraceId,
  rows: readonly TreeRow<IndexedSpan>[],
  groups: GroupReader,
): Generator<string, void> {
  // The tree knows the service of a subsegment that came without its segment.
  const services = new Map(rows.map(({ span, service }) => [span.id as string, service]));
  for (const part of payloadPartsOf(rows.map(({ span }) => span))) {
    const payload = groups.read(part.group)?.payloads[part.payload];
    if (payload !== undefined) {
      for (const span of decodeTracePart(payload, traceId, part)) {
        yield JSON.stringify(toSpanJson(span, services.get(span.id) ?? span.service));
      }
    }
  }
}

function* allLogs(
  logs: readonly IndexedLog[],
  lines: readonly LogEventJson[],
  groups: GroupReader,
): Generator<LogEventJson, void> {
  for (const event of logEvents(logs, groups)) {
    yield toLogEventJson(event);
  }
  yield* lines;
}

/** By payload, so that each is decoded once. */
function* logEvents(logs: readonly IndexedLog[], groups: GroupReader): Generator<LogEvent, void> {
  for (let at = 0; at < logs.length;) {
    const { group, payload } = logs[at] as IndexedLog;
    const ordinals: number[] = [];
    for (; logs[at]?.group === group && logs[at]?.payload === payload; at += 1) {
      ordinals.push((logs[at] as IndexedLog).ordinal);
    }
    const stored = groups.read(group)?.payloads[payload];
    if (stored !== undefined) {
      yield* decodeLogs(stored, ordinals);
    }
  }
}
