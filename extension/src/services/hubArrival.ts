import { unwatchFile, watchFile } from 'node:fs';
import { hubRecordFileOf } from '@sightline/hub/client/hubLock';
import { Disposable } from '../lifetime.ts';
import type { HubPhase } from './hubState.ts';
import type { HubSession } from './hubSession.ts';

const pollMillis = 1_000;

const isWaiting: Record<HubPhase, boolean> = {
  off: true,
  stopped: true,
  failed: true,
  starting: false,
  running: false,
  // The client looks for it itself.
  lost: false,
};

/** Joins a hub that another window or a terminal starts, as soon as it has written down where it is. */
export class HubArrival extends Disposable {
  constructor(session: HubSession, dataDir: string, interval = pollMillis) {
    super();
    const file = hubRecordFileOf(dataDir);
    // By asking for the file's times rather than by events: the folder may not be there yet, or be on a network.
    const listener = (): void => {
      if (isWaiting[session.state.kind]) {
        // A file of a hub that has ended meanwhile: the next change is looked at again.
        session.join().catch(() => undefined);
      }
    };
    watchFile(file, { interval, persistent: false }, listener);
    this.register({ dispose: () => unwatchFile(file, listener) });
  }
}
