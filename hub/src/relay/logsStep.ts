import type { LogJournal } from './logJournal.ts';
import type { Outbox, Step } from './lane.ts';
import type { LogPages } from './logPages.ts';
import { LogRun } from './logRun.ts';

export interface LogsStepParts {
  readonly outbox: Outbox;
  readonly pages: LogPages;
  readonly journal: LogJournal;
}

/** Batch after batch of log events, in order. After any trouble it is looked up how far things are, as after a kill. */
export function logsStep(parts: LogsStepParts): Step {
  let run: LogRun | undefined;
  return async (delivery, signal) => {
    const current = run ?? new LogRun(parts);
    run = current;
    try {
      return await current.step(delivery, signal);
    } catch (error) {
      run = undefined;
      if (signal.aborted) {
        await current.leave();
      }
      throw error;
    }
  };
}
