import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderTree } from '../../test/renderTree.ts';
import { parseSpanId } from '../model/ids.ts';
import type { SpanSummary } from '../model/span.ts';
import { durationNanos, epochNanos } from '../model/units.ts';
import { requestsOf, traceTree } from './traceTree.ts';

type Sketch = Partial<Omit<SpanSummary, 'id' | 'parentId' | 'startTime'>> & {
  readonly at?: number;
  readonly under?: number;
};

/** A span with a number for an id: an internal OTel span of `shop`, unless the sketch says otherwise. */
function span(id: number, { at = id, under, ...rest }: Sketch = {}): SpanSummary {
  return {
    id: spanId(id),
    ...(under === undefined ? {} : { parentId: spanId(under) }),
    name: `s${id}`,
    service: 'shop',
    kind: 'internal',
    source: 'otlp',
    status: 'ok',
    startTime: epochNanos(BigInt(at)),
    duration: durationNanos(1n),
    ...rest,
  };
}

function segment(id: number, sketch: Sketch = {}): SpanSummary {
  return span(id, { kind: 'server', source: 'xray', isParentRemote: true, ...sketch });
}

function subsegment(id: number, sketch: Sketch = {}): SpanSummary {
  return span(id, { source: 'xray', service: '', isSubsegment: true, ...sketch });
}

function spanId(id: number): SpanSummary['id'] {
  return parseSpanId((id + 1).toString(16).padStart(16, '0')) as SpanSummary['id'];
}

function check(spans: readonly SpanSummary[], expected: string): void {
  expect(renderTree(traceTree(spans))).toBe(expected.trim().replaceAll(/^ {4}/gm, ''));
}

function checkRequests(spans: readonly SpanSummary[], expected: string): void {
  const requests = requestsOf(traceTree(spans));
  expect(
    requests.map(({ row, sameWork }) => [row, ...sameWork].map((each) => each.span.name).join('=')).join(' '),
  ).toBe(expected);
}

test('a child that arrives before its parent moves under it', () => {
  check(
    [span(2, { under: 1 }), span(1)],
    `
    (ok) s1 [shop]
      (ok) s2 [shop]`,
  );
});

test('siblings are ordered by start time, then id, whatever the order of arrival', () => {
  check(
    [span(4, { under: 1, at: 7 }), span(3, { under: 1, at: 7 }), span(2, { under: 1, at: 8 }), span(1)],
    `
    (ok) s1 [shop]
      (ok) s3 [shop]
      (ok) s4 [shop]
      (ok) s2 [shop]`,
  );
});

test('a child whose clock is behind its parent is still its child', () => {
  check(
    [span(1, { at: 100 }), span(2, { under: 1, at: 50 })],
    `
    (ok) s1 [shop]
      (ok) s2 [shop]`,
  );
});

test('a span whose parent has not arrived is an orphan at the top', () => {
  check(
    [span(2, { under: 1 }), span(3, { under: 2 })],
    `
    (ok) s2 [shop] orphan
      (ok) s3 [shop]`,
  );
});

test('a parent in another process that never reports is outside, not missing', () => {
  check([segment(2, { under: 1 })], '(ok) s2 [shop] from outside');
  check([span(2, { under: 1, kind: 'server' })], '(ok) s2 [shop] from outside');
  check([span(2, { under: 1, isParentRemote: true })], '(ok) s2 [shop] from outside');
  check([span(2, { under: 1, kind: 'server', isParentRemote: false })], '(ok) s2 [shop] orphan');
  check([subsegment(2, { under: 1 })], '(ok) s2 [] orphan subsegment');
});

test('a ring of parents is cut at its earliest span, and what hangs on it stays', () => {
  check(
    [span(3, { under: 2 }), span(1, { under: 3 }), span(2, { under: 1 }), span(4, { under: 2 })],
    `
    (ok) s1 [shop] orphan
      (ok) s2 [shop]
        (ok) s3 [shop]
        (ok) s4 [shop]`,
  );
  check([segment(1, { under: 1 })], '(ok) s1 [shop] orphan');
});

test('a complete span replaces the one in progress, and otherwise the first of an id is kept', () => {
  check([segment(1, { status: 'running', name: 'early' }), segment(1, { name: 'done' })], '(ok) done [shop]');
  check([segment(1, { name: 'done' }), segment(1, { status: 'running', name: 'late' })], '(ok) done [shop]');
  check([span(1, { name: 'first' }), span(1, { name: 'again' })], '(ok) first [shop]');
});

test('an independent subsegment takes its service from the segment above it', () => {
  check(
    [subsegment(3, { under: 2 }), subsegment(2, { under: 1 }), segment(1, { service: 'Checkout' })],
    `
    (ok) s1 [Checkout]
      (ok) s2 [Checkout] subsegment
        (ok) s3 [Checkout] subsegment`,
  );
});

test('a segment under the server span of its service is the same work, and one request', () => {
  const spans = [
    span(1, { kind: 'server' }),
    segment(2, { under: 1, service: 'SHOP', name: 'SHOP' }),
    subsegment(3, { under: 2 }),
    span(4, { under: 1 }),
  ];
  check(
    spans,
    `
    (ok) s1 [shop]
      (ok) SHOP [SHOP] same work
        (ok) s3 [SHOP] subsegment
      (ok) s4 [shop]`,
  );
  checkRequests(spans, 's1=SHOP');
});

test('a server span under the segment of its service is the same work too', () => {
  const spans = [segment(1), span(2, { kind: 'server', under: 1 })];
  check(
    spans,
    `
    (ok) s1 [shop]
      (ok) s2 [shop] same work`,
  );
  checkRequests(spans, 's1=s2');
});

test('a segment under another service, or under an inner span, is work of its own', () => {
  checkRequests([span(1, { kind: 'server', service: 'web' }), segment(2, { under: 1 })], 's1 s2');
  checkRequests([span(1), segment(2, { under: 1 })], 's1 s2');
  checkRequests([segment(1), segment(2, { under: 1 })], 's1 s2');
});

test('an orphan that received nothing is no request', () => {
  checkRequests([subsegment(2, { under: 1 }), span(3, { under: 9 }), span(4, { under: 8, kind: 'server' })], 's4');
});

test('whatever the parents, every span is in the tree once, below its parent', () => {
  const link = fc.record({ at: fc.nat(5), under: fc.option(fc.nat(30), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(link, { maxLength: 30 }), (links) => {
      const spans = links.map(({ at, under }, id) => span(id, under === undefined ? { at } : { at, under }));
      const { rows } = traceTree(spans);
      expect(rows.map((row) => row.span.name).toSorted()).toEqual(spans.map(({ name }) => name).toSorted());
      for (const [index, row] of rows.entries()) {
        expect(row.parent).toBeLessThan(index);
        expect(row.parent === -1 || rows[row.parent]?.span.id === row.span.parentId).toBe(true);
      }
      expect(renderTree(traceTree(spans.toReversed()))).toBe(renderTree({ rows }));
    }),
  );
});

test('a chain of 10,000 spans is built without recursion', () => {
  const chain = Array.from({ length: 10_000 }, (_, id) => span(id, id === 0 ? {} : { under: id - 1 }));
  const { rows } = traceTree(chain.toReversed());
  expect(rows.at(-1)?.depth).toBe(9999);
});
