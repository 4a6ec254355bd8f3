import { setTimeout as wait } from 'node:timers/promises';
import type { HubClient } from '../../client/hubClient.ts';
import type { RelayDestination, RelayStatus } from '../../client/relayApi.ts';
import { otlpTraces, type TestSpan } from '../../store/testing/otlpBytes.ts';

export const cloudKeys = {
  accessKeyId: 'AKIAPLANTEDKEY000001',
  secretAccessKey: 'planted-secret-0123456789abcdefghij',
};

export function traceIdOf(number: number): string {
  return `6560${number.toString(16).padStart(28, '0')}`;
}

export function segmentOf(number: number, more: object = {}): object {
  const trace = traceIdOf(number);
  const now = Date.now() / 1000;
  return {
    name: 'shop',
    id: number.toString(16).padStart(16, '1'),
    trace_id: `1-${trace.slice(0, 8)}-${trace.slice(8)}`,
    start_time: now,
    end_time: now + 0.01,
    ...more,
  };
}

/** Sends one OTLP request with a span of its own trace. */
export async function sendSpans(otlpHttp: string, ...numbers: readonly number[]): Promise<void> {
  const start = BigInt(Date.now()) * 1_000_000n;
  const spans = numbers.map((number): TestSpan => ({
    traceId: traceIdOf(number),
    spanId: number.toString(16).padStart(16, '1'),
    name: `GET /${number}`,
    start,
    end: start + 1_000_000n,
  }));
  const body = otlpTraces([{ service: 'shop', spans }]);
  const { status } = await fetch(`${otlpHttp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body,
  });
  if (status !== 200) {
    throw new Error(`The hub answered ${status}.`);
  }
}

/** Sends segments as the SDKs of AWS do; answers what X-Ray answers. */
export async function sendSegments(api: string, ...segments: readonly object[]): Promise<unknown> {
  const TraceSegmentDocuments = segments.map((segment) => JSON.stringify(segment));
  const reply = await fetch(`${api}/TraceSegments`, {
    method: 'POST',
    body: JSON.stringify({ TraceSegmentDocuments }),
  });
  return await reply.json();
}

/** Calls CloudWatch Logs. */
export async function callLogs(api: string, operation: string, input: object): Promise<Record<string, unknown>> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${operation}` };
  const reply = await fetch(api, { method: 'POST', headers, body: JSON.stringify(input) });
  const text = await reply.text();
  if (reply.status !== 200) {
    throw new Error(`${operation}: ${text}`);
  }
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

export async function sendItem(api: string, data: object): Promise<void> {
  const body = JSON.stringify({ data: { environment: 'test', ...data } });
  const reply = await fetch(`${api}/api/1/item/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  if (reply.status !== 200) {
    throw new Error(await reply.text());
  }
}

/** The status of a destination once it is as wanted. The last one is in the error where that never comes. */
export async function relayUntil(
  client: HubClient,
  destination: RelayDestination,
  isMet: (status: RelayStatus) => boolean,
): Promise<RelayStatus> {
  for (let turn = 0; ; turn += 1) {
    // oxlint-disable-next-line no-await-in-loop -- asked again until it is so.
    const { destinations } = await client.listRelay();
    const status = destinations[destination];
    if (isMet(status)) {
      return status;
    }
    if (turn > 600) {
      throw new Error(`Not met: ${JSON.stringify(status)}`);
    }
    // oxlint-disable-next-line no-await-in-loop -- the hub has no event for this.
    await wait(25);
  }
}

/** One line a destination, as the tests compare it. */
export function countsText({ state, sent, waiting, refused, dropped, repeated }: RelayStatus): string {
  const rest = [dropped > 0 ? `dropped ${dropped}` : '', repeated > 0 ? `repeated ${repeated}` : ''].filter(Boolean);
  return [`${state}: sent ${sent} waiting ${waiting} refused ${refused}`, ...rest].join(' ');
}
