import type { Settings } from '../settings.ts';
import { toError } from '../toError.ts';
import { CloudWatchLog } from './cloudWatchLog.ts';
import { Log, stackOf } from './log.ts';
import { OtlpLog } from './otlpLog.ts';
import { RollbarReporter } from './rollbar.ts';
import { currentTraceId } from './traceId.ts';

/** What the sample says about itself: its log lines, and its errors. */
export interface Reporting {
  readonly log: Log;
  /** Absent without a token. */
  readonly rollbar: RollbarReporter | undefined;
  /** For what nobody has caught: the process is about to end. */
  uncaught(error: unknown): void;
  /** Sends what is waiting. Call it once, at the end. */
  close(patience: number): Promise<void>;
}

/** Nothing waits here: whoever is to receive lines or errors may be started later, or never. */
export function startReporting({
  log: settings,
  rollbar: rollbarSettings,
}: Pick<Settings, 'log' | 'rollbar'>): Reporting {
  const cloudWatch = settings.cloudWatch && new CloudWatchLog(settings.cloudWatch, { say });
  cloudWatch?.start();
  const log = new Log([new OtlpLog(), ...(cloudWatch ? [cloudWatch] : [])]);
  const rollbar = rollbarSettings && new RollbarReporter({ ...rollbarSettings, say });
  return {
    log,
    rollbar,
    uncaught: (error) => {
      log.error(`Nobody has caught: ${stackOf(toError(error))}`);
      rollbar?.critical(error, { traceId: currentTraceId() });
    },
    close: async (patience) => {
      await Promise.all([rollbar?.flush(), cloudWatch?.close(patience)]);
    },
  };
}

/** Straight to the console: what says that lines cannot be sent must not become one of them. */
function say(sentence: string): void {
  console.error(sentence);
}
