import type { DatabaseSync } from 'node:sqlite';
import type { TelemetryIndex } from '../index/telemetryIndex.ts';
import type { Segment } from '../memory/segment.ts';
import type { KeeperAnswer } from '../messages.ts';
import { sealRequestOf } from './sealRequest.ts';
import { sealSegment, type SealRequest } from './sealedSegment.ts';
import { SealStore } from './sealStore.ts';

/** Sees to it that every full segment is sealed before long, and every segment at the end. */
export class Sealer {
  readonly #index: TelemetryIndex;
  readonly #store: SealStore;
  /** Numbers of segments that are closed but not sealed yet. */
  readonly #open = new Set<number>();
  /** Numbers of segments of which a row was replaced while they were being sealed, or before it was known that they are. */
  readonly #stale = new Set<number>();
  /** Seals in the database, or on their way there, by segment number. */
  readonly #ids = new Map<number, number>();
  #nextId = 1;
  #request: (request: SealRequest) => void = () => undefined;

  constructor(database: DatabaseSync, index: TelemetryIndex) {
    this.#index = index;
    this.#store = new SealStore(database);
  }

  /** Takes over the seals that were loaded, ids by segment number, in ascending order. From here on `request` is asked to seal. */
  adopt(seals: ReadonlyMap<number, number>, request: (request: SealRequest) => void): void {
    this.#request = request;
    for (const [number, id] of seals) {
      this.#ids.set(number, id);
      this.#nextId = id + 1;
      if (this.#index.segments.numbered(number) === undefined) {
        this.didFree(number);
      } else if (this.#stale.has(number)) {
        this.didReplace(number);
      }
    }
  }

  get store(): SealStore {
    return this.#store;
  }

  /** Segments to which nothing will be added any more. */
  sealSoon(segments: readonly Segment[]): void {
    for (const segment of segments) {
      this.#begin(segment);
      if (this.#open.has(segment.number)) {
        this.#request(this.#requestFor(segment));
      }
    }
  }

  didSeal({ number, sealed }: KeeperAnswer): void {
    const id = this.#ids.get(number);
    if (!this.#open.has(number) || id === undefined) {
      return;
    }
    if (this.#stale.delete(number)) {
      this.#request(this.#requestFor(this.#index.segments.numbered(number) as Segment));
      return;
    }
    this.#open.delete(number);
    this.#store.add(id, sealed);
  }

  /** A row of the segment was replaced: the seal that it has, or is about to get, is out of date. */
  didReplace(number: number): void {
    const id = this.#ids.get(number);
    const segment = this.#index.segments.numbered(number);
    if (id === undefined || segment === undefined || this.#open.has(number)) {
      this.#stale.add(number);
      return;
    }
    this.#stale.delete(number);
    this.#store.remove(id);
    this.#open.add(number);
    this.#request(this.#requestFor(segment));
  }

  /** The segment has left the index: its seal is of no use. */
  didFree(number: number): void {
    const id = this.#ids.get(number);
    this.#open.delete(number);
    this.#stale.delete(number);
    if (id !== undefined) {
      this.#ids.delete(number);
      this.#store.remove(id);
    }
  }

  /** At the end: what is not sealed yet is sealed here and now. */
  sealAll(): void {
    const writer = this.#index.staging.closeSegment();
    if (writer !== undefined) {
      this.#index.segments.close(writer.segment.number);
      this.#begin(writer.segment);
    }
    for (const number of this.#open) {
      const segment = this.#index.segments.numbered(number);
      if (segment !== undefined) {
        this.#store.add(this.#ids.get(number) as number, sealSegment(this.#requestFor(segment)));
      }
    }
    this.#open.clear();
  }

  /** Ids go up in the order of the segments, so that loading meets the groups in their order. A segment that is gone already gets none. */
  #begin(segment: Segment): void {
    if (this.#index.segments.numbered(segment.number) !== undefined) {
      this.#open.add(segment.number);
      // The seal is made from here on, with whatever was replaced before.
      this.#stale.delete(segment.number);
      this.#ids.set(segment.number, this.#nextId);
      this.#nextId += 1;
    }
  }

  #requestFor(segment: Segment): SealRequest {
    return sealRequestOf(this.#index, segment, this.#index.segments.groupsOf(segment.number));
  }
}
