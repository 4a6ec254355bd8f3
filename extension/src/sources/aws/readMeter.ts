import type { CostReads } from '@sightline/hub/client/costApi';

/** The parts of AWS that views read. */
export type ReadDestination = 'xray' | 'logs';

/** Keeps account of what our own reading uses, since AWS charges for it. */
export interface ReadMeter {
  count(destination: ReadDestination, usage: CostReads['usage']): void;
  /** Whether views may go on asking by themselves; false once the cap of that part is reached. What a person asks for is asked all the same. */
  mayPoll(destination: ReadDestination): boolean;
  /** Told where an account keeps its traces, which decides what they cost. */
  noteTransactionSearch(isOn: boolean): void;
}
