import type { RelayCounts, RelayDestination, RelayRefusal } from '../../client/relayApi.ts';

/** What is known of a destination that has been switched on. */
export interface RelayAccount extends RelayCounts {
  /** The newest first, at most ten. */
  readonly refusals: readonly RelayRefusal[];
}

export type RelayAccounts = Partial<Readonly<Record<RelayDestination, RelayAccount>>>;

/** A record that a destination will never take as it is, kept so that a person can see why and send it again. */
export interface RefusedRecord {
  readonly reason: string;
  /** How many it counts for. */
  readonly records: number;
  /** What the sender needs to send it again. */
  readonly about: string;
  readonly body: Uint8Array;
}

/** How far a destination has come; in one transaction. */
export interface RelaySettlement {
  readonly destination: RelayDestination;
  /** The newest raw group or item of which nothing waits any more. */
  readonly position?: number;
  /** The sequence number up to which nothing of a log group waits. */
  readonly logs?: { readonly group: number; readonly sequence: number };
  /** A name for this settlement, by which its lane knows after a kill that it took place. */
  readonly mark?: string;
  /** What no longer waits, whatever became of it. */
  readonly settled: number;
  readonly sent: number;
  readonly repeated?: number;
  /** What had left the store. */
  readonly dropped?: number;
  readonly refused?: readonly RefusedRecord[];
  /** Refused records that are no more, by their numbers: they were sent. */
  readonly forgotten?: readonly number[];
}

export type RelayCall =
  | { readonly name: 'accounts' }
  | { readonly name: 'switch'; readonly destination: RelayDestination; readonly enabled: boolean }
  | { readonly name: 'settle'; readonly settlement: RelaySettlement };

/**
 * The outbox: what has not reached a destination is what the store holds behind the destination's position, so a record is in the outbox with the
 * very transaction that stores it.
 */
export interface RelayStore {
  accounts(): Promise<RelayAccounts>;
  /** Switched on, what comes from now on waits for the destination; switched off, what waits is forgotten. On twice is the same as on once. */
  setEnabled(destination: RelayDestination, enabled: boolean): Promise<void>;
  settle(settlement: RelaySettlement): Promise<void>;
}
