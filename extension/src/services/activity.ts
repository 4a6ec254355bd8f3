/** What the status bar says of the last minutes. */
export interface Activity {
  /** Traces that began in the last minute. */
  readonly tracesPerMinute: number;
  /** Traces of the last five minutes that failed. */
  readonly recentErrors: number;
}

export const noActivity: Activity = { tracesPerMinute: 0, recentErrors: 0 };
