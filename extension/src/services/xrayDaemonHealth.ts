import type { BatchLossCause, XRayDaemonEvent } from './xrayDaemonLog.ts';
import { number } from './serviceRow.ts';

/** What a daemon's lines have told so far. */
export interface XRayDaemonHealth {
  readonly sent: number;
  readonly lostBatches: number;
  readonly unprocessed: number;
  readonly rejected: number;
  readonly spilled: number;
  /** The batch that it spoke of last. */
  readonly lastBatch?: Extract<XRayDaemonEvent, { kind: 'sent' | 'lost' }>;
  /** Why nobody answers sampling calls; absent while somebody does. */
  readonly noTcp?: string;
  readonly lastError?: string;
}

export const newXRayDaemonHealth: XRayDaemonHealth = {
  sent: 0,
  lostBatches: 0,
  unprocessed: 0,
  rejected: 0,
  spilled: 0,
};

/** The health after one more line. */
export function withXRayDaemonEvent(health: XRayDaemonHealth, event: XRayDaemonEvent): XRayDaemonHealth {
  switch (event.kind) {
    case 'started':
      return health;
    case 'sent':
      return {
        ...health,
        sent: health.sent + event.segments - event.unprocessed,
        unprocessed: health.unprocessed + event.unprocessed,
        lastBatch: event,
      };
    case 'lost':
      return { ...health, lostBatches: health.lostBatches + 1, lastBatch: event };
    case 'rejected':
      return { ...health, rejected: health.rejected + 1 };
    case 'spilled':
      return { ...health, spilled: health.spilled + event.segments };
    case 'noTcp':
      return { ...health, noTcp: event.detail };
    case 'callFailed':
    case 'error':
      return { ...health, lastError: event.detail };
  }
}

/** Whether something is wrong now, or was since the start. */
export type XRayDaemonMood = 'good' | 'noteworthy' | 'bad';

const lossSentences: Record<BatchLossCause, string> = {
  unreachable: 'the hub did not answer',
  slow: 'the hub took over two seconds to answer',
  credentials: 'its credentials were refused',
  refused: 'the hub refused it',
  failing: 'the hub could not store it',
  other: 'see its output',
};

/** What a row says of a running daemon in a few words, and how bad that is. */
export function summaryOf(health: XRayDaemonHealth): { readonly text: string; readonly mood: XRayDaemonMood } {
  const { lastBatch, noTcp } = health;
  if (lastBatch?.kind === 'lost') {
    return { text: `batch lost: ${lossSentences[lastBatch.cause]}`, mood: 'bad' };
  }
  if (noTcp !== undefined) {
    return { text: 'sampling calls fail: its TCP port is held by another program', mood: 'bad' };
  }
  if (lastBatch === undefined) {
    return { text: 'waiting for segments', mood: health.rejected > 0 ? 'noteworthy' : 'good' };
  }
  const refused = lastBatch.unprocessed === 0 ? '' : `, ${number(lastBatch.unprocessed)} of them refused`;
  const hasLost = health.lostBatches + health.unprocessed + health.rejected + health.spilled > 0;
  const segments = lastBatch.segments === 1 ? '1 segment' : `${number(lastBatch.segments)} segments`;
  return { text: `batch sent ${segments}${refused}`, mood: hasLost ? 'noteworthy' : 'good' };
}

/** The counts since it started, a line each; what is zero is left out. */
export function countsOf(health: XRayDaemonHealth): readonly string[] {
  const { sent, lostBatches, unprocessed, rejected, spilled, lastBatch, noTcp, lastError } = health;
  const lines: readonly (readonly [number, string])[] = [
    [sent, `Segments sent: ${number(sent)}`],
    [lostBatches, `Batches lost: ${number(lostBatches)}, of up to 50 segments each`],
    [unprocessed, `Segments that the hub could not read: ${number(unprocessed)}`],
    [rejected, `Datagrams that were no segment: ${number(rejected)}`],
    [spilled, `Segments dropped for want of memory: ${number(spilled)}`],
  ];
  const details = [lastBatch?.kind === 'lost' ? lastBatch.detail : undefined, noTcp, lastError];
  return [
    ...lines.filter(([count]) => count > 0).map(([, line]) => line),
    ...details.filter((detail) => detail !== undefined).map((detail) => `It said: ${detail}`),
  ];
}
