import { expect, test } from 'vitest';
import type { ChunkEvents } from '../store/logs/logChunk.ts';
import { EventsJson } from './eventsJson.ts';
import { StreamLines } from './streamLines.ts';

type Line = readonly [time: number, message: string];

function chunkOf(lines: readonly Line[]): ChunkEvents {
  let at = 0;
  return {
    times: Float64Array.from(lines, ([time]) => time),
    ends: Uint32Array.from(lines, ([, message]) => (at += Buffer.byteLength(message))),
    text: Buffer.from(lines.map(([, message]) => message).join('')),
  };
}

function linesOf(...chunks: readonly (readonly Line[])[]): StreamLines {
  const lines = new StreamLines();
  for (const chunk of chunks) {
    lines.add(chunkOf(chunk), 0, chunk.length);
  }
  return lines;
}

/** The batches from a line on, with bars between; each its lines. */
function check(lines: StreamLines, first: number, expected: string): void {
  const json = new EventsJson();
  const batches = lines.cut(first).map((range) => {
    const events = JSON.parse(lines.writeJson(range, json).toString()) as { timestamp: number; message: string }[];
    return events.map(({ timestamp, message }) => `${timestamp} ${message}`).join(', ');
  });
  expect(batches.join(' | ')).toBe(expected);
}

const day = 24 * 3_600_000;

test('lines go in the order of time, those of one moment in the order they came', () => {
  const lines = linesOf(
    [
      [5, 'a'],
      [9, 'b'],
    ],
    [
      [1, 'c'],
      [5, 'Ü'],
      [5, 'e'],
    ],
  );
  check(lines, 0, '1 c, 5 a, 5 Ü, 5 e, 9 b');
});

test('a batch spans less than a day, and what is cut from where one began is cut the same', () => {
  const lines = linesOf([
    [0, 'a'],
    [day - 1, 'b'],
    [day, 'c'],
    [3 * day, 'd'],
  ]);
  check(lines, 0, `0 a, ${day - 1} b | ${day} c | ${3 * day} d`);
  check(lines, 2, `${day} c | ${3 * day} d`);
});

/** Lines of so many bytes each, cut; answers how many lines and bytes each batch has. */
function sizes(count: number, bytes: number): string {
  const message = 'x'.repeat(bytes);
  const cut = linesOf(Array.from({ length: count }, (): Line => [1, message])).cut(0);
  return cut.map((range) => `${range.to - range.from} lines ${range.bytes} bytes`).join(' | ');
}

test('a batch has 10,000 lines at most, and 1,048,576 bytes with 26 for each line', () => {
  expect(sizes(20_001, 1)).toBe('10000 lines 10000 bytes | 10000 lines 10000 bytes | 1 lines 1 bytes');
  expect(sizes(4, 524_262)).toBe('2 lines 1048524 bytes | 2 lines 1048524 bytes');
  expect(sizes(3, 524_263)).toBe('1 lines 524263 bytes | 1 lines 524263 bytes | 1 lines 524263 bytes');
  expect(sizes(2, 1_048_550)).toBe('1 lines 1048550 bytes | 1 lines 1048550 bytes');
});

test('only the lines of a chunk that wait are taken', () => {
  const lines = new StreamLines();
  lines.add(
    chunkOf([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ]),
    1,
    2,
  );
  check(lines, 0, '2 b');
});
