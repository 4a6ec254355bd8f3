import type { Activity } from './activity.ts';
import type { HubState } from './hubState.ts';

/** The status bar item: nothing where there is nothing to say. */
export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  readonly isWarning: boolean;
}

/** What one quiet item says: the rate and the errors while all is well, the hub's state otherwise. */
export function statusTextOf(hub: HubState, { tracesPerMinute, recentErrors }: Activity): StatusText | undefined {
  switch (hub.kind) {
    case 'off':
    case 'stopped':
      return undefined;
    case 'starting':
      return { text: '$(loading~spin) Sightline', tooltip: 'The Sightline hub is starting.', isWarning: false };
    case 'lost':
    case 'failed':
      return { text: `$(warning) Sightline: hub ${hub.kind}`, tooltip: hub.message, isWarning: true };
    case 'running': {
      const traces = toNumberText(tracesPerMinute);
      const failed = toNumberText(recentErrors);
      const errors = recentErrors === 0 ? '' : ` $(error) ${failed}`;
      // Views may show AWS instead, which is not asked how much came lately: it would be charged for.
      const tooltip = `Sightline's hub: ${traces} ${tracesPerMinute === 1 ? 'trace' : 'traces'} in the last minute, ${failed} with errors in the last five.`;
      return { text: `$(pulse) ${traces}/min${errors}`, tooltip, isWarning: false };
    }
  }
}

function toNumberText(count: number): string {
  return count.toLocaleString('en-US');
}
