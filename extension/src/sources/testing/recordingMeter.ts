import type { CostReads } from '@sightline/hub/client/costApi';
import { addUsage, type Usage } from '@sightline/telemetry/cost/usage';
import type { ReadDestination, ReadMeter } from '../aws/readMeter.ts';

/** Adds up what it is told. */
export class RecordingMeter implements ReadMeter {
  isCapped = false;
  readonly used: Record<ReadDestination, Usage> = { xray: {}, logs: {} };
  readonly destinations: string[] = [];

  count(destination: ReadDestination, usage: CostReads['usage']): void {
    this.used[destination] = addUsage(this.used[destination], usage);
  }

  mayPoll(): boolean {
    return !this.isCapped;
  }

  noteTransactionSearch(isOn: boolean): void {
    this.destinations.push(isOn ? 'CloudWatchLogs' : 'XRay');
  }
}
