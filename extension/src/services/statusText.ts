import type { Activity } from './activity.ts';
import type { HubState } from './hubState.ts';

/** The status bar item: nothing where there is nothing to say. */
export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  readonly isWarning: boolean;
}

/** What one quiet item says: the rate and the errors while all is well, the hub's state otherwise. */
export function statusTextOf(
  hub: HubState,
  { tracesPerMinute, isMore, recentErrors }: Activity,
): StatusText | undefined {
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
      const rate = `${tracesPerMinute}${isMore ? '+' : ''}/min`;
      const errors = recentErrors === 0 ? '' : ` $(error) ${recentErrors}`;
      const tooltip = `Sightline: ${rate.replace('/min', '')} traces in the last minute, ${recentErrors} with errors in the last five.`;
      return { text: `$(pulse) ${rate}${errors}`, tooltip, isWarning: false };
    }
  }
}
