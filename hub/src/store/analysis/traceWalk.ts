import type { EpochNanos } from '@sightline/telemetry/model/units';
import type { TracePlace } from '../read/traceCursor.ts';
import type { SelectionWindow } from './selectionWindow.ts';
import type { DigestChunk, TraceDigests } from './traceDigests.ts';
import type { TraceOrder } from './traceOrder.ts';
import type { TraceTest } from './tracePlan.ts';
import { verdict } from './verdict.ts';

export interface WalkPlan {
  readonly digests: TraceDigests;
  readonly places: ReturnType<TraceOrder['snapshot']>;
  /** The position of the first trace. */
  readonly from: number;
  readonly window: SelectionWindow;
  /** Absent where every trace of the window is wanted. */
  readonly test?: TraceTest;
  /** Decides where the test does not, by what was sent. */
  readonly confirm?: (slot: number) => boolean;
}

/** Told of a trace that was found. */
export type OnFound = (slot: number, chunk: DigestChunk) => void;

/** A way through the traces of a selection, newest first, that can be stopped anywhere. */
export class TraceWalk {
  readonly #plan: WalkPlan;
  #position: number;
  /** Traces of the window that were looked at. */
  looked = 0;
  isAtEnd = false;

  constructor(plan: WalkPlan) {
    this.#plan = plan;
    this.#position = plan.from;
  }

  /** The place of the trace that was looked at last. */
  get last(): TracePlace {
    const { slots, starts } = this.#plan.places;
    const at = this.#position + 1;
    return { start: starts[at] as number, slot: slots[at] as number };
  }

  /** When the trace in a slot is in the window by. */
  momentOf(slot: number, chunk: DigestChunk): EpochNanos | undefined {
    return this.#plan.window.momentOf(slot, chunk);
  }

  /** Looks at traces until one has been found, `count` have been looked at, or the time is `until`. */
  next(count: number, until: number, onFound: OnFound): void {
    const { places, window } = this.#plan;
    for (let more = count; more > 0; more -= 1) {
      const at = this.#position;
      const start = places.starts[at] ?? Number.NEGATIVE_INFINITY;
      if (at < 0 || (window.isByStart && start < window.from)) {
        this.isAtEnd = true;
        return;
      }
      this.#position -= 1;
      const slot = places.slots[at] as number;
      const chunk = this.#plan.digests.chunkOf(slot);
      if (chunk !== undefined && window.holdsTrace(slot, chunk, start)) {
        this.looked += 1;
        if (this.#isWanted(slot, chunk, onFound) || (more % 8 === 0 && performance.now() >= until)) {
          return;
        }
      }
    }
  }

  /** Answers whether something has been done that takes time: then whoever walks looks at the clock. */
  #isWanted(slot: number, chunk: DigestChunk, onFound: OnFound): boolean {
    const { test, confirm } = this.#plan;
    const one = test === undefined ? verdict.yes : test(slot, chunk);
    if (one === verdict.no) {
      return false;
    }
    if (one === verdict.yes || confirm?.(slot) === true) {
      onFound(slot, chunk);
      return test !== undefined;
    }
    return true;
  }
}

/** How many traces are looked at between two looks at whether other questions wait. */
export const tracesPerStep = 256;

/**
 * A page does not end for its time before so many steps, each of at most one trace that is found or decoded: few traces come in one page,
 * however slow the machine.
 */
export const stepsPerPage = 16;
