import { rowsPerSegment, spanBits, publishedRows } from '../memory/segment.ts';
import { tracesPerChunk } from '../memory/traceTable.ts';
import type { SegmentView, SharedIndex } from '../read/sharedIndex.ts';
import { verdict, type Verdict } from './verdict.ts';

/** Says of a living row what its attributes tell of a question. */
export type RowTest = (row: number) => Verdict;

/** Makes the test for the rows of a segment: what is looked up once for each segment is not for each row. */
export type SegmentTest = (view: SegmentView) => RowTest;

interface KnownChunk {
  /** A verdict + 1; 0 where nothing is known. */
  readonly verdicts: Uint8Array;
  readonly revisions: Uint32Array;
}

/**
 * Which traces have a row that passes a test. Each trace is looked at when it is asked about, and again when it has changed: nothing is
 * looked at twice because other traces came.
 */
export class TraceVerdicts {
  readonly #index: SharedIndex;
  readonly #testOf: SegmentTest;
  readonly #known = new Map<number, KnownChunk>();
  readonly #tests = new WeakMap<SegmentView, RowTest>();
  #view: SegmentView | undefined;
  #viewTest: RowTest = () => verdict.no;
  #viewNumber = -1;

  constructor(index: SharedIndex, testOf: SegmentTest) {
    this.#index = index;
    this.#testOf = testOf;
  }

  verdictOf(slot: number): Verdict {
    const chunk = this.#index.chunkOf(slot);
    if (chunk === undefined) {
      return verdict.no;
    }
    const at = slot % tracesPerChunk;
    const known = this.#knownOf(chunk.number);
    const revision = chunk.columns.revision[at] as number;
    if (known.verdicts[at] !== 0 && known.revisions[at] === revision) {
      return ((known.verdicts[at] as number) - 1) as Verdict;
    }
    const one = this.#look(chunk.columns.last[at] as number);
    // What is unsure may be known the next time.
    known.verdicts[at] = one === verdict.maybe ? 0 : one + 1;
    known.revisions[at] = revision;
    return one;
  }

  #look(last: number): Verdict {
    // A segment may have been freed, and its number means nothing then.
    this.#viewNumber = -1;
    let result: Verdict = verdict.no;
    for (let next = last; next !== 0;) {
      const view = this.#viewOf(next - 1);
      if (view === undefined) {
        break;
      }
      const row = (next - 1) % rowsPerSegment;
      const { bits, previous } = view.segment.columns;
      if (((bits[row] as number) & spanBits.dead) === 0 && row < publishedRows(view.segment)) {
        const one = this.#viewTest(row);
        if (one === verdict.yes) {
          return one;
        }
        result = one === verdict.maybe ? one : result;
      }
      next = previous[row] as number;
    }
    return result;
  }

  #viewOf(globalRow: number): SegmentView | undefined {
    const number = Math.floor(globalRow / rowsPerSegment);
    if (number !== this.#viewNumber) {
      const view = this.#index.segmentOf(globalRow);
      if (view !== this.#view && view !== undefined) {
        this.#viewTest = this.#tests.get(view) ?? this.#testOf(view);
        this.#tests.set(view, this.#viewTest);
      }
      this.#view = view;
      this.#viewNumber = number;
    }
    return this.#view;
  }

  #knownOf(number: number): KnownChunk {
    let known = this.#known.get(number);
    if (known === undefined) {
      known = { verdicts: new Uint8Array(tracesPerChunk), revisions: new Uint32Array(tracesPerChunk) };
      this.#known.set(number, known);
    }
    return known;
  }
}
