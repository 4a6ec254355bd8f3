import { compileFilterPatternBytes } from '@sightline/telemetry/language/filterPatternBytes';
import { literalsOf } from '@sightline/telemetry/language/filterPatternLiterals';
import { parseFilterPattern } from '@sightline/telemetry/language/filterPattern';
import type { ChunkEvents } from './logChunk.ts';
import { invalidParameter } from './logFailure.ts';

/** Gives the numbers of the events in a chunk that match, in the order they came. */
export type EventMatcher = (events: ChunkEvents) => Iterable<number>;

/** A matcher for a filter pattern, and for lines with a trace id's last 24 digits where one is given. Throws `LogRefusal`. */
export function compileMatcher(pattern: string | undefined, traceId: string | undefined): EventMatcher {
  const parsed = parseFilterPattern(pattern ?? '');
  if (!parsed.ok) {
    const { message, column } = parsed.error;
    throw invalidParameter(`Invalid filter pattern at column ${column}: ${message}`);
  }
  const literals = literalsOf(parsed.pattern).map((group) => group.map((literal) => Buffer.from(literal)));
  const ofTrace = traceId === undefined ? [] : [[Buffer.from(traceId.slice(-24))]];
  const groups = [...ofTrace, ...literals];
  const [leading, ...others] = groups;
  if (parsed.pattern.kind === 'all' && leading === undefined) {
    return ({ ends }) => ends.keys();
  }
  const matches = parsed.pattern.kind === 'all' ? () => true : compileFilterPatternBytes(parsed.pattern);
  return function* matching({ ends, text }) {
    if (others.some((group) => group.every((literal) => !text.includes(literal)))) {
      return;
    }
    for (const at of leading === undefined ? ends.keys() : candidatesOf(ends, text, leading)) {
      if (matches(text, at === 0 ? 0 : (ends[at - 1] as number), ends[at] as number)) {
        yield at;
      }
    }
  };
}

/** Events that have at least one of the literals in them. */
function* candidatesOf(ends: Uint32Array, text: Buffer, literals: readonly Buffer[]): Generator<number> {
  const next = literals.map((literal) => find(text, literal, 0));
  let from = 0;
  for (;;) {
    const nearest = Math.min(...next);
    if (nearest === Infinity) {
      return;
    }
    const at = eventAt(ends, nearest, from);
    const start = at === 0 ? 0 : (ends[at - 1] as number);
    const end = ends[at] as number;
    const isWithin = literals.some((literal, index) => {
      const found = next[index] as number;
      return found >= start && found + literal.length <= end;
    });
    if (isWithin) {
      yield at;
    }
    // What reaches over the end of an event is found again in what follows, where it is no match either.
    const resume = isWithin ? end : nearest + 1;
    for (const [index, found] of next.entries()) {
      if (found < resume) {
        next[index] = find(text, literals[index] as Buffer, resume);
      }
    }
    from = at;
  }
}

function find(text: Buffer, literal: Buffer, from: number): number {
  const found = text.indexOf(literal, from);
  return found === -1 ? Infinity : found;
}

/** The event that the byte at `offset` belongs to; it is `from` or a later one. */
function eventAt(ends: Uint32Array, offset: number, from: number): number {
  let low = from;
  // Neighbours are the usual case where many match.
  let step = 1;
  while (low + step < ends.length && (ends[low + step - 1] as number) <= offset) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, ends.length - 1);
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] as number) > offset) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
