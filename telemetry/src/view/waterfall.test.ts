import { expect, test } from 'vitest';
import { parseSpanId } from '../model/ids.ts';
import type { SpanStatus, SpanSummary } from '../model/span.ts';
import { durationNanos, epochNanos } from '../model/units.ts';
import { traceTree } from './traceTree.ts';
import { waterfall } from './waterfall.ts';

type Sketch = readonly [start: number, duration: number, status?: SpanStatus];

function check(sketches: readonly Sketch[], expected: string): void {
  const { start, duration, bars } = waterfall(traceTree(sketches.map(toSpan)));
  expect([`${start}+${duration}`, ...bars.map(({ offset, width }) => `${offset}..${offset + width}`)].join(' ')).toBe(
    expected,
  );
}

function toSpan([start, duration, status = 'ok']: Sketch, index: number): SpanSummary {
  return {
    id: parseSpanId((index + 1).toString(16).padStart(16, '0')) as SpanSummary['id'],
    name: 's',
    service: 'shop',
    kind: 'internal',
    source: 'otlp',
    status,
    startTime: epochNanos(BigInt(start)),
    duration: durationNanos(BigInt(duration)),
  };
}

test('a bar is where its span is in the time of the trace', () => {
  check(
    [
      [1000, 100],
      [1025, 50],
    ],
    '1000+100 0..1 0.25..0.75',
  );
});

test('a span that starts before or ends after the root stretches the trace', () => {
  check(
    [
      [1000, 50],
      [950, 100],
      [1025, 25],
    ],
    '950+100 0..1 0.5..1 0.75..1',
  );
});

test('a running span reaches to the end, and one that ends before it starts has no width', () => {
  check(
    [
      [1000, 100],
      [1050, 0, 'running'],
      [1075, -20],
    ],
    '1000+100 0..1 0.5..1 0.75..0.75',
  );
});

test('a trace that takes no time has full bars, and one of nothing has none', () => {
  check([[1000, 0]], '1000+0 0..1');
  check([], '0+0');
});
