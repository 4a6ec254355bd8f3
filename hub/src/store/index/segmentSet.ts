import { rowsPerSegment, usedBytesOf, type Segment } from '../memory/segment.ts';

import type { SealedGroups } from '../seal/sealedSegment.ts';

export interface SegmentEvents {
  /** Before anything in the segment can be seen. */
  onSegment(segment: Segment): void;
  onSegmentFreed(number: number): void;
}

/** About what a segment takes that is full in every way. */
const largestSegmentBytes = 34 * 1024 * 1024;

interface Entry {
  readonly segment: Segment;
  /** Spans and log records that count. */
  living: number;
  /** The raw groups that put something into it, from and to; 0 while none did. */
  firstGroup: number;
  lastGroup: number;
  /** The last group is larger than a segment and goes on in the next one. */
  continues: boolean;
  isClosed: boolean;
}

/** The segments in memory. One of which nothing lives any more goes, once nothing is added to it. */
export class SegmentSet {
  readonly #entries = new Map<number, Entry>();
  readonly #events: SegmentEvents;
  /** The entry asked for last: most questions in a row are about the same segment. */
  #last: Entry | undefined;

  constructor(events: SegmentEvents) {
    this.#events = events;
  }

  /** The segment of a global row. A row number that leads nowhere is a bug. */
  of(globalRow: number): Segment {
    return this.#entry(Math.floor(globalRow / rowsPerSegment)).segment;
  }

  /** The segment of a global row, `undefined` where it has been freed. */
  find(globalRow: number): Segment | undefined {
    return this.#entries.get(Math.floor(globalRow / rowsPerSegment))?.segment;
  }

  numbered(number: number): Segment | undefined {
    return this.#entries.get(number)?.segment;
  }

  add(segment: Segment): void {
    this.#entries.set(segment.number, {
      segment,
      living: 0,
      firstGroup: 0,
      lastGroup: 0,
      continues: false,
      isClosed: false,
    });
    this.#events.onSegment(segment);
  }

  /** Nothing will be added to the segment any more. */
  close(number: number): void {
    const entry = this.#entry(number);
    entry.isClosed = true;
    this.#freeIfEmpty(entry);
  }

  /** The raw groups that put something into a segment. */
  noteGroups(number: number, { first, last, continues }: SealedGroups): void {
    const entry = this.#entry(number);
    entry.firstGroup ||= first;
    entry.lastGroup = last;
    entry.continues = continues;
  }

  countLiving(number: number, change: number): void {
    const entry = this.#entry(number);
    entry.living += change;
    this.#freeIfEmpty(entry);
  }

  /** Closed segments of which every raw group is at or before `group`. */
  closedUpTo(group: number): Segment[] {
    return Array.from(this.#entries.values())
      .filter(({ isClosed, lastGroup }) => isClosed && lastGroup <= group)
      .map(({ segment }) => segment);
  }

  all(): Segment[] {
    return Array.from(this.#entries.values(), ({ segment }) => segment);
  }

  groupsOf(number: number): SealedGroups {
    const { firstGroup, lastGroup, continues } = this.#entry(number);
    return { first: firstGroup, last: lastGroup, continues };
  }

  /** Whether the segments take more than `bytes`. */
  takeMoreThan(bytes: number): boolean {
    // Asked with every commit: few segments cannot take much, however full.
    if (this.#entries.size * largestSegmentBytes <= bytes) {
      return false;
    }
    return this.all().reduce((sum, segment) => sum + usedBytesOf(segment), 0) > bytes;
  }

  #entry(number: number): Entry {
    if (this.#last?.segment.number === number) {
      return this.#last;
    }
    const entry = this.#entries.get(number);
    if (entry === undefined) {
      throw new Error(`the index has no segment ${number}`);
    }
    this.#last = entry;
    return entry;
  }

  #freeIfEmpty({ segment, living, isClosed }: Entry): void {
    if (isClosed && living === 0) {
      this.#entries.delete(segment.number);
      this.#last = undefined;
      this.#events.onSegmentFreed(segment.number);
    }
  }
}
