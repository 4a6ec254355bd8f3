import type { Problem } from '@sightline/telemetry/decode/decoded';
import { decodeOtlpLogs } from '@sightline/telemetry/decode/otlpLogs';
import { decodeOtlpTraces } from '@sightline/telemetry/decode/otlpTraces';
import { decodeXRaySegment } from '@sightline/telemetry/decode/xraySegment';
import { toUtf8 } from '@sightline/telemetry/decode/utf8';
import type { PayloadFormat } from '../telemetryStore.ts';
import { forgetBytes } from '../memory/hashBytes.ts';
import { OtlpTraceScanner } from './scanOtlpTraces.ts';
import { XRaySegmentScanner } from './scanXRaySegment.ts';
import { stageSpan } from './stageSpan.ts';
import { stageLog } from './stageLog.ts';
import type { RecordSink } from './spanDraft.ts';

/** What came of one payload. */
export interface Scanned {
  readonly accepted: number;
  readonly rejected: number;
  readonly problems: readonly Problem[];
  /** Set where the payload is none of its format; nothing of it is kept. */
  readonly malformed?: string;
}

/** Reads payloads of every format into the index. */
export class PayloadScanner {
  readonly #sink: RecordSink;
  readonly #otlp: OtlpTraceScanner;
  readonly #xray: XRaySegmentScanner;

  constructor(sink: RecordSink) {
    this.#sink = sink;
    this.#otlp = new OtlpTraceScanner(sink);
    this.#xray = new XRaySegmentScanner(sink);
  }

  scan({ format, body }: { readonly format: PayloadFormat; readonly body: Uint8Array }): Scanned {
    switch (format) {
      case 'otlp-traces-protobuf':
        return this.#scanProtobuf(body);
      case 'otlp-traces-json':
        return this.#decodeTraces(body, 'json');
      case 'otlp-logs-protobuf':
      case 'otlp-logs-json': {
        const decoded = decodeOtlpLogs(body, format === 'otlp-logs-json' ? 'json' : 'protobuf');
        if (decoded.malformed !== undefined) {
          return malformed(decoded.problems, decoded.malformed);
        }
        for (const [ordinal, event] of decoded.records.entries()) {
          stageLog(this.#sink, event, ordinal);
        }
        return { accepted: decoded.records.length, rejected: decoded.rejected, problems: decoded.problems };
      }
      case 'xray-segment':
        return this.#scanSegment(body);
    }
  }

  #scanProtobuf(body: Uint8Array): Scanned {
    const start = this.#sink.mark();
    const { spans, isPlain } = this.#otlp.scan(body);
    forgetBytes();
    if (isPlain) {
      return { accepted: spans, rejected: 0, problems: [] };
    }
    this.#sink.rewind(start);
    return this.#decodeTraces(body, 'protobuf');
  }

  #decodeTraces(body: Uint8Array, encoding: 'protobuf' | 'json'): Scanned {
    const decoded = decodeOtlpTraces(body, encoding);
    if (decoded.malformed !== undefined) {
      return malformed(decoded.problems, decoded.malformed);
    }
    for (const span of decoded.records) {
      stageSpan(this.#sink, span);
    }
    return { accepted: decoded.records.length, rejected: decoded.rejected, problems: decoded.problems };
  }

  #scanSegment(body: Uint8Array): Scanned {
    const { spans, isPlain } = this.#xray.scan(body);
    if (isPlain) {
      return { accepted: spans, rejected: 0, problems: [] };
    }
    const { records, problems } = decodeXRaySegment(toUtf8(body));
    if (records.length === 0) {
      return malformed(problems, problems[0]);
    }
    for (const span of records) {
      stageSpan(this.#sink, span);
    }
    return { accepted: records.length, rejected: 0, problems };
  }
}

function malformed(problems: readonly Problem[], first: Problem | undefined): Scanned {
  const message = first === undefined ? 'nothing in it could be read' : `${first.place}: ${first.message}`;
  return { accepted: 0, rejected: 0, problems, malformed: message };
}
