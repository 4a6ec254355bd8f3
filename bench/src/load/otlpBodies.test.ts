import { decodeOtlpTraces } from '@sightline/telemetry/decode/otlpTraces';
import { expect, test } from 'vitest';
import { encodeOtlpBodies, type LoadPlan } from './otlpBodies.ts';

const plan: LoadPlan = { seed: 1, spans: 20, spansPerTrace: 10, spansPerRequest: 20, startMillis: 1_800_000_000_000 };

/** Each span as its decoder reads it: trace, place in the tree, service, kind, name, status, start after the plan's, duration. */
function check(given: Partial<LoadPlan>, expected: (lines: readonly string[]) => void): void {
  const spans = encodeOtlpBodies({ ...plan, ...given }).flatMap(({ bytes }) => {
    const { records, problems } = decodeOtlpTraces(bytes, 'protobuf');
    expect(problems).toEqual([]);
    return records;
  });
  const parents = new Map(spans.map(({ id, parentId }) => [id, parentId]));
  const depthOf = (id: string | undefined): number => (id === undefined ? -1 : 1 + depthOf(parents.get(id as never)));
  const traces = [...new Set(spans.map(({ traceId }) => traceId))].toSorted();
  expected(
    spans.map((span) => {
      const offset = Number(span.startTime - BigInt(plan.startMillis) * 1_000_000n) / 1e6;
      const what = `${span.service} ${span.kind} ${span.name} ${span.status}`;
      return `${traces.indexOf(span.traceId)} ${'>'.repeat(depthOf(span.id))} ${what} +${offset} ms ${Object.keys(span.attributes).length}`;
    }),
  );
}

test('ten spans are a request over three services', () => {
  check({ spans: 10 }, (lines) =>
    expect(lines.join('\n')).toMatchInlineSnapshot(`
    "0  storefront server GET /api/activities/home ok +0 ms 10
    0 > storefront internal middleware authenticate ok +1 ms 10
    0 > storefront client GET ok +2 ms 10
    0 >> feed-service server GET /feed/activities/home ok +3 ms 10
    0 >>> feed-service client SELECT activities ok +4 ms 10
    0 >>> feed-service internal rank activities/home ok +5 ms 10
    0 >>> feed-service client POST ok +6 ms 10
    0 >>>> user-service server POST /users/batch ok +7 ms 10
    0 >>>>> user-service client SELECT users ok +8 ms 10
    0 >>>>> user-service internal cache.get ok +9 ms 10"
  `),
  );
});

test('a big trace is one tree: every span hangs under another, but the first', () => {
  check({ spans: 10_000, spansPerTrace: 10_000, spansPerRequest: 512 }, (lines) => {
    expect(lines).toHaveLength(10_000);
    expect(lines.filter((line) => line.startsWith('0  ')).length).toBe(1);
    expect(lines.filter((line) => !line.startsWith('0 ')).length).toBe(0);
  });
});

test('a span takes about 590 bytes, whatever the size of a request', () => {
  const sizes = [512, 50].map((spansPerRequest) => {
    const bodies = encodeOtlpBodies({ ...plan, spans: 51_200, spansPerRequest });
    return Math.round(bodies.reduce((sum, { bytes }) => sum + bytes.length, 0) / 51_200);
  });
  expect(sizes).toEqual([587, 602]);
});

test('no two spans of a load share an id, and the same plan gives the same bytes', () => {
  const spans = encodeOtlpBodies({ ...plan, spans: 20_000 }).flatMap(
    ({ bytes }) => decodeOtlpTraces(bytes, 'protobuf').records,
  );
  expect(new Set(spans.map(({ id }) => id)).size).toBe(20_000);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(2_000);
  expect(new Set(spans.map(({ attributes }) => attributes['app.request.id'])).size).toBe(20_000);
  expect(encodeOtlpBodies(plan)).toEqual(encodeOtlpBodies(plan));
});
