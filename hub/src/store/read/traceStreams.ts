import type { TraceId } from '@sightline/telemetry/model/ids';
import type { TreeRow } from '@sightline/telemetry/view/traceTree';
import type { GroupReader } from './groupReader.ts';
import type { IndexedSpan } from './sharedIndex.ts';
import { toSpanJson } from './spanJson.ts';
import { decodeTracePart, payloadPartsOf } from './tracePayloads.ts';

/** About this many characters go out at once. */
const pieceLength = 131_072;

/** The JSON text of a `TraceDetail` piece by piece: one payload is decoded at a time, so a trace of any size takes little memory. */
export function* tracePieces(
  traceId: TraceId,
  rows: readonly TreeRow<IndexedSpan>[],
  groups: GroupReader,
): Generator<string, void> {
  const services = new Map(rows.map(({ span, service }) => [span.id as string, service]));
  let piece = `{"id":${JSON.stringify(traceId)},"spans":[`;
  let comma = '';
  for (const part of payloadPartsOf(rows.map(({ span }) => span))) {
    const payload = groups.read(part.group)?.payloads[part.payload];
    if (payload === undefined) {
      continue;
    }
    for (const span of decodeTracePart(payload, traceId, part)) {
      piece += comma + JSON.stringify(toSpanJson(span, services.get(span.id) ?? span.service));
      comma = ',';
      if (piece.length >= pieceLength) {
        yield piece;
        piece = '';
      }
    }
  }
  yield `${piece}],"logs":[],"errors":[]}`;
}
