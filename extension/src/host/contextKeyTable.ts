import type { HubPhase } from '../services/hubState.ts';

/** Every context key that we set, with its type: for `when` and `enablement` in package.json, which `manifest.test.ts` looks through. */
export interface ContextKeys {
  'sightline.hub': HubPhase;
  /** A start, stop or restart is under way. */
  'sightline.isBusy': boolean;
  /** The backend or the database was started here and runs. */
  'sightline.isServiceRunning': boolean;
  /** The backend has an address that a browser can open. */
  'sightline.hasPage': boolean;
  /** The Traces view stands still. */
  'sightline.isTracesPaused': boolean;
  'sightline.areHealthChecksShown': boolean;
  /** The Traces view has rows. */
  'sightline.hasTraces': boolean;
  /** The Traces view shows only what fulfils a filter. */
  'sightline.isTraceFilterSet': boolean;
  /** Traces that fulfil it are being looked for. */
  'sightline.isTraceSearching': boolean;
  /** Where the views look. */
  'sightline.source': 'local' | 'aws';
  /** Where the Errors view looks. */
  'sightline.errorSource': 'local' | 'rollbar';
  /** The Errors view has rows. */
  'sightline.hasErrors': boolean;
  /** The Logs view shows only lines that match. */
  'sightline.isLogFilterSet': boolean;
  /** There are log groups. */
  'sightline.hasLogs': boolean;
}

/** The keys once more, where they can be counted; the compiler misses none. */
export const contextKeyIds: Record<keyof ContextKeys, true> = {
  'sightline.hub': true,
  'sightline.isBusy': true,
  'sightline.isServiceRunning': true,
  'sightline.hasPage': true,
  'sightline.isTracesPaused': true,
  'sightline.areHealthChecksShown': true,
  'sightline.hasTraces': true,
  'sightline.isTraceFilterSet': true,
  'sightline.isTraceSearching': true,
  'sightline.source': true,
  'sightline.errorSource': true,
  'sightline.hasErrors': true,
  'sightline.isLogFilterSet': true,
  'sightline.hasLogs': true,
};
