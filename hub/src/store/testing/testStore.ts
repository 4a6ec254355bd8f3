import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../../testing/hubUnderTest.ts';
import type { TraceRow } from '../../client/api.ts';
import { openTelemetryStore } from '../openTelemetryStore.ts';
import type { AppendResult, Payload, StoreOptions, TelemetryStore } from '../telemetryStore.ts';
import { otlpTraces, type TestSpan } from './otlpBytes.ts';

/** The real store in a folder of the test's own; closed when the test has ended. */
export async function openTestStore(
  options: Partial<StoreOptions> = {},
): Promise<{ store: TelemetryStore; dataDir: string }> {
  const dataDir = options.dataDir ?? temporaryFolder();
  const store = await openTelemetryStore({ maxBytes: 1e9, maxAgeMillis: 3_600_000, ...options, dataDir });
  onTestFinished(() => store.close());
  return { store, dataDir };
}

export function otlpPayload(spans: readonly TestSpan[], service = 'backend'): Payload {
  return { format: 'otlp-traces-protobuf', receiver: 'otlpHttp', body: otlpTraces([{ service, spans }]) };
}

export function segmentPayload(document: object | string): Payload {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  return { format: 'xray-segment', receiver: 'xrayUdp', body: new Uint8Array(Buffer.from(text)) };
}

export async function appendSpans(store: TelemetryStore, spans: readonly TestSpan[]): Promise<AppendResult> {
  return await store.append(otlpPayload(spans));
}

/** The list as text: one line a trace, newest first. */
export async function listed(store: TelemetryStore, options: { health?: boolean } = {}): Promise<string[]> {
  const { traces } = await store.listTraces({ limit: 1000, excludeHealthChecks: options.health === false });
  return traces.map(rowText);
}

export function rowText(row: TraceRow): string {
  const http = row.httpStatus === undefined ? '' : ` ${row.httpStatus}`;
  const marks = [row.pinned ? 'pinned' : '', row.rootMissing ? 'rootless' : '', row.sources.join('+')].filter(Boolean);
  return `${row.name} ${row.status}${http} spans ${row.spanCount} errors ${row.errorCount} logs ${row.logCount} ${marks.join(' ')}`;
}
