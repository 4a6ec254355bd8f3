import type { RelayDestination } from '@sightline/hub/client/relayApi';
import type { ServiceId } from './serviceState.ts';

/** One row of the Services view, with all that the editor shows of it. */
export interface ServiceRow {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** A codicon, and the theme color of it where it says good or bad. */
  readonly icon: string;
  readonly color?: string;
  /** Markdown. */
  readonly tooltip?: string;
  /** Words that `when` clauses of inline buttons look for: `canStart canStop`. */
  readonly context: string;
  /** Which service the buttons of the row act on. */
  readonly service?: ServiceId;
  /** Of a compose project: which one the buttons of the row act on. */
  readonly composeService?: string;
  /** Which destination the buttons of the row act on. */
  readonly destination?: RelayDestination;
  /** Run by a click on the row. */
  readonly command?: { readonly id: string; readonly title: string; readonly arguments?: readonly unknown[] };
  readonly children: readonly ServiceRow[];
}

/** How a row looks, by how its service is. */
export const running = { icon: 'pass-filled', color: 'testing.iconPassed' };
export const idle = { icon: 'circle-large-outline' };
export const busy = { icon: 'loading~spin' };
export const noteworthy = { icon: 'warning', color: 'list.warningForeground' };
export const bad = { icon: 'error', color: 'list.errorForeground' };

/** Host and port: never the user and password that a connection string may carry. */
export function hostOf(endpoint: string): string {
  return URL.canParse(endpoint) && endpoint.includes('://') ? new URL(endpoint).host : endpoint;
}

export function clock(date: Date): string {
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}

export function number(count: number): string {
  return count.toLocaleString('en-US');
}

export function size(bytes: number): string {
  const units = ['KB', 'MB', 'GB'];
  let value = bytes / 1024;
  while (value >= 1024 && units.length > 1) {
    value /= 1024;
    units.shift();
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[0]}`;
}
