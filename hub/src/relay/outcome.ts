/** What became of one request to a destination. Reasons are sentences. */
export type Outcome =
  /** It arrived. `refused` are those of its items, by their places, that the destination will never take; `again` those that it takes later. */
  | {
      readonly kind: 'arrived';
      readonly refused?: readonly { readonly at: number; readonly reason: string }[];
      readonly again?: readonly number[];
      readonly againBecause?: string;
      /** A part of an item that can never be taken, such as events that are too old. */
      readonly lost?: { readonly count: number; readonly reason: string };
    }
  /** It can be tried again, not before `afterMillis`. `isUncertain` where it may have arrived all the same. */
  | { readonly kind: 'later'; readonly reason: string; readonly afterMillis?: number; readonly isUncertain?: boolean }
  /** The key, a permission or the endpoint is wrong: the fault is not in the record, so it waits. */
  | { readonly kind: 'blocked'; readonly reason: string }
  /** It will never be taken as it is. */
  | { readonly kind: 'refused'; readonly reason: string };

/** One record as it goes to a destination, and what has to be known to send it again. */
export interface Item {
  readonly about: string;
  readonly body: Uint8Array;
}

/** How a destination is spoken to. */
export interface Sender {
  /** Cuts what waits into requests within the destination's limits; the order is kept. */
  split(items: readonly Item[]): readonly (readonly Item[])[];
  send(items: readonly Item[], signal: AbortSignal): Promise<Outcome>;
  /** Checks the key and sends a test; answers sentences about whom the key belongs to. Throws `TestFailure`. */
  test(signal: AbortSignal): Promise<string>;
  close(): void;
}

/** A test that came to nothing; the message is a sentence. */
export class TestFailure extends Error {
  override readonly name = 'TestFailure';
}

/** Throws `TestFailure` unless everything arrived. */
export function requireArrival(outcome: Outcome): void {
  if (outcome.kind !== 'arrived') {
    throw new TestFailure(outcome.reason);
  }
  const [refused] = outcome.refused ?? [];
  if (refused !== undefined || (outcome.again?.length ?? 0) > 0) {
    throw new TestFailure(refused?.reason ?? outcome.againBecause ?? 'The test was not taken.');
  }
}
