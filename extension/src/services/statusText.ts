import type { Activity } from './activity.ts';
import type { HubState } from './hubState.ts';

/** The status bar item: nothing where there is nothing to say. */
export interface StatusText {
  readonly text: string;
  readonly tooltip: string;
  readonly isWarning: boolean;
  /** What a click does, where that is not to show the traces. */
  readonly command?: 'sightline.services.focus' | 'sightline.showProblems';
}

/** What a person should look at, beside the hub itself. */
export interface Worries {
  /** Problems with received data that nobody has looked at. */
  readonly unseenProblems: number;
  /** A sentence for each service that ended by itself and should not have. */
  readonly ended: readonly EndedService[];
}

export interface EndedService {
  readonly name: string;
  readonly sentence: string;
}

const noWorries: Worries = { unseenProblems: 0, ended: [] };

/** What one quiet item says: the rate and the errors while all is well, the hub's state otherwise. */
export function statusTextOf(
  hub: HubState,
  { tracesPerMinute, recentErrors }: Activity,
  { unseenProblems, ended }: Worries = noWorries,
): StatusText | undefined {
  const [firstEnded] = ended;
  if (firstEnded !== undefined && hub.kind !== 'lost' && hub.kind !== 'failed') {
    const tooltip = ended.map(({ sentence }) => sentence).join(' ');
    const command = 'sightline.services.focus';
    return { text: `$(warning) Sightline: ${firstEnded.name} ended`, tooltip, isWarning: true, command };
  }
  switch (hub.kind) {
    case 'off':
    case 'stopped':
      return undefined;
    case 'starting':
      return { text: '$(loading~spin) Sightline', tooltip: 'The Sightline hub is starting.', isWarning: false };
    case 'lost':
    case 'failed':
      return {
        text: `$(warning) Sightline: hub ${hub.kind}`,
        tooltip: hub.message,
        isWarning: true,
        command: 'sightline.services.focus',
      };
    case 'running': {
      const traces = toNumberText(tracesPerMinute);
      const failed = toNumberText(recentErrors);
      const errors = recentErrors === 0 ? '' : ` $(error) ${failed}`;
      // Views may show AWS instead, which is not asked how much came lately: it would be charged for.
      const tooltip = `Sightline's hub: ${traces} ${tracesPerMinute === 1 ? 'trace' : 'traces'} in the last minute, ${failed} with errors in the last five.`;
      const text = `$(pulse) ${traces}/min${errors}`;
      if (unseenProblems > 0) {
        const count = toNumberText(unseenProblems);
        const problems = unseenProblems === 1 ? '1 problem' : `${count} problems`;
        return {
          text: `${text} $(warning) ${count}`,
          tooltip: `${tooltip} ${problems} with received data since they were last looked at: click to see them.`,
          isWarning: false,
          command: 'sightline.showProblems',
        };
      }
      return { text, tooltip, isWarning: false };
    }
  }
}

function toNumberText(count: number): string {
  return count.toLocaleString('en-US');
}
