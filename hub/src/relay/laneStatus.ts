/** How a destination is doing, as the relay's thread knows it; times in milliseconds since the epoch. */
export interface LaneStatus {
  readonly state: 'paused' | 'retrying' | 'sending' | 'idle';
  readonly lastError?: string;
  readonly lastErrorAt?: number;
  readonly nextTryAt?: number;
  readonly lastSentAt?: number;
  readonly usage: { readonly records: number; readonly bytes: number; readonly requests: number };
}
