import type { TestSpan } from './otlpBytes.ts';

/** A moment in 2026, in nanoseconds: tests count from it. */
export const testEpoch = 1_795_000_000_000_000_000n;
const millisecond = 1_000_000n;

/** The id of a test's n-th trace. */
export function traceIdOf(number: number): string {
  return `${number.toString(16).padStart(8, '0')}${'ab'.repeat(12)}`;
}

export function spanIdOf(number: number): string {
  return number.toString(16).padStart(16, 'c');
}

/** A trace of `spans` spans, `number` milliseconds after the epoch: a server span and internal ones below it. */
export function testTrace(number: number, spans = 2, attributes: TestSpan['attributes'] = []): TestSpan[] {
  const start = testEpoch + BigInt(number) * millisecond;
  return Array.from({ length: spans }, (_, at) => ({
    traceId: traceIdOf(number),
    spanId: spanIdOf(number * 1000 + at + 1),
    ...(at === 0 ? {} : { parentId: spanIdOf(number * 1000 + 1) }),
    name: at === 0 ? `request ${number}` : `step ${at}`,
    kind: at === 0 ? 2 : 1,
    start: start + BigInt(at),
    end: start + millisecond,
    attributes,
  }));
}
