import type { DatabaseSync } from 'node:sqlite';
import { GroupLedger } from './index/groupLedger.ts';
import { Pins } from './index/pins.ts';
import { TelemetryIndex } from './index/telemetryIndex.ts';
import { loadIndex, type Loaded } from './loadIndex.ts';
import type { Counters } from './memory/counters.ts';
import type { SharingMessage } from './messages.ts';
import { Sealer } from './seal/sealer.ts';

/** The index of a database, and what goes with it. */
export interface OpenIndex {
  readonly index: TelemetryIndex;
  readonly ledger: GroupLedger;
  readonly pins: Pins;
  readonly sealer: Sealer;
  readonly loaded: Loaded;
}

/** Loads the index from the database. What readers need to know of it is shared as it comes. */
export async function openIndex(
  database: DatabaseSync,
  counters: Counters,
  share: (message: SharingMessage) => void,
): Promise<OpenIndex> {
  const index = new TelemetryIndex(counters, {
    onSegment: ({ number, room, buffer }) => share({ kind: 'segment', number, room, buffer }),
    onSegmentFreed: (number) => {
      share({ kind: 'segmentFreed', number });
      sealer.didFree(number);
    },
    onReplaced: (number) => sealer.didReplace(number),
    onTraces: ({ number, buffer }) => share({ kind: 'traces', number, buffer }),
    onTracesFreed: (number) => share({ kind: 'tracesFreed', number }),
  });
  const sealer = new Sealer(database, index);
  const ledger = new GroupLedger();
  const pins = new Pins(database, index);
  return { index, ledger, pins, sealer, loaded: await loadIndex(database, index, ledger, pins) };
}
