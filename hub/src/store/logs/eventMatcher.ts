import { compileFilterPatternBytes, type ByteTest } from '@sightline/telemetry/language/filterPatternBytes';
import { literalsOf } from '@sightline/telemetry/language/filterPatternLiterals';
import { parseFilterPattern } from '@sightline/telemetry/language/filterPattern';
import type { FilterPattern } from '@sightline/telemetry/language/filterPatternTree';
import type { ChunkEvents } from './logChunk.ts';
import { invalidParameter } from './logFailure.ts';

export interface EventMatcher {
  /** Of every group at least one has to occur in an event that matches. */
  readonly literals: readonly (readonly Buffer[])[];
  /** Gives the numbers of the events in a chunk that match, in the order they came. */
  readonly find: (events: ChunkEvents) => readonly number[];
}

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
  if (parsed.pattern.kind === 'all' && groups.length === 0) {
    return { literals: groups, find: ({ ends }) => [...ends.keys()] };
  }
  return { literals: groups, find: searchFor(groups, byteTestOf(parsed.pattern, traceId)) };
}

function searchFor([leading, ...others]: EventMatcher['literals'], matches: ByteTest): EventMatcher['find'] {
  return ({ ends, text }) => {
    const found: number[] = [];
    if (others.some((group) => group.every((literal) => !text.includes(literal)))) {
      return found;
    }
    const take = (at: number): void => {
      if (matches(text, at === 0 ? 0 : (ends[at - 1] as number), ends[at] as number)) {
        found.push(at);
      }
    };
    const looked = leading === undefined ? 0 : takeCandidates(ends, text, leading, take);
    for (let at = looked; at < ends.length; at += 1) {
      take(at);
    }
    return found;
  };
}

/** The pattern's test, with one for the trace's digits before it where a trace is given. */
function byteTestOf(pattern: FilterPattern, traceId: string | undefined): ByteTest {
  const matches = compileFilterPatternBytes(pattern);
  if (traceId === undefined) {
    return matches;
  }
  const digits = Buffer.from(traceId.slice(-24));
  return (bytes, start, end) =>
    Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).includes(digits) && matches(bytes, start, end);
}

/** Where so many candidates in a row are more than half of the events, looking for them costs more than it saves. */
const denseAfter = 32;

/**
 * Takes the events that have at least one of the literals in them, and perhaps others. Answers how many events are dealt with: from there
 * on all have to be looked at.
 */
function takeCandidates(
  ends: Uint32Array,
  text: Buffer,
  literals: readonly Buffer[],
  take: (at: number) => void,
): number {
  const next = literals.map((literal) => find(text, literal, 0));
  let from = 0;
  let count = 0;
  for (;;) {
    const nearest = Math.min(...next);
    if (nearest === Infinity) {
      return ends.length;
    }
    const at = eventAt(ends, nearest, from);
    const start = at === 0 ? 0 : (ends[at - 1] as number);
    const end = ends[at] as number;
    const isWithin = literals.some((literal, index) => {
      const found = next[index] as number;
      return found >= start && found + literal.length <= end;
    });
    if (isWithin) {
      take(at);
      count += 1;
      if (count === denseAfter && at < denseAfter * 2) {
        return at + 1;
      }
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
