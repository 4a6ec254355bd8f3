import { expect, test } from 'vitest';
import { makeDatagram } from './xrayDatagrams.ts';

test('a datagram is a header line and a segment of about 1 KB with two subsegments', () => {
  const datagram = makeDatagram(1, 4, 1_800_000_000_000);
  const [headerLine, documentLine] = datagram.toString().split('\n');
  const segment = JSON.parse(documentLine ?? '') as { id: string; trace_id: string; subsegments: unknown[] };
  expect(headerLine).toBe('{"format":"json","version":1}');
  expect(segment.trace_id).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  expect(segment.id).toMatch(/^[0-9a-f]{16}$/);
  expect(segment.subsegments).toHaveLength(2);
  expect(datagram.length).toBeGreaterThan(950);
  expect(datagram.length).toBeLessThan(1_200);
});

test('every datagram is a trace of its own', () => {
  const traces = Array.from(
    { length: 500 },
    (_, index) => /1-[0-9a-f-]+/.exec(makeDatagram(1, index, 0).toString())?.[0],
  );
  expect(new Set(traces).size).toBe(500);
});
