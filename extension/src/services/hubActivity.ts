import type { ChangeEvent, StatsReply } from '@sightline/hub/client/api';
import type { HubClient } from '@sightline/hub/client/hubClient';
import { Disposable, Emitter } from '../lifetime.ts';
import { noActivity, type Activity } from './activity.ts';
import type { HubSession } from './hubSession.ts';
import { findStrayLines, type StrayLines } from './strayLines.ts';

// Counts are read, not watched: this often is soon enough, and costs the hub some milliseconds with a million traces.
const pauseMillis = 2_000;
/** After a quiet time a change shows soon. */
const soonMillis = 300;
/** Without a change the rate still falls, as traces grow old. */
const agingMillis = 10_000;
/** Longer than what came lately looks back: after so long without a change it is nothing, and is not asked for. */
const quietMillis = 360_000;
/** Log lines of the last minutes are asked for their traces, but none that is so new that its spans may still wait in an exporter. */
const linesMillis = { oldest: 300_000, newest: 10_000 };
const mostLines = 300;

type WatchedSession = Pick<HubSession, 'state' | 'onDidChange'>;
type WatchedClient = Pick<
  HubClient,
  'subscribe' | 'stats' | 'countRecentTraces' | 'listLogEvents' | 'loadTreeRows' | 'listSamplingRules'
>;

/** The hub's counts and its latest activity, looked up after changes while the hub runs. */
export class HubActivity extends Disposable {
  readonly #changed = this.register(new Emitter<void>());
  readonly onDidChange = this.#changed.event;
  readonly #session: WatchedSession;
  readonly #client: WatchedClient;
  #stats: StatsReply | undefined;
  #recent = noActivity;
  #changedAt = 0;
  #lookedAt = 0;
  #strayLines: StrayLines | undefined;
  #lookedForStrays = 0;
  /** When rows were last removed: lines from before may name traces that were here. */
  #removedAt = 0;
  #unsubscribe: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** A look is due before long. */
  #isSoon = false;

  constructor(session: WatchedSession, client: WatchedClient) {
    super();
    this.#session = session;
    this.#client = client;
    this.register(session.onDidChange(() => this.#follow()));
    this.register({ dispose: () => this.#end() });
    this.#follow();
  }

  get stats(): StatsReply | undefined {
    return this.#stats;
  }

  /** Log lines that name traces which the hub has never seen; `undefined` while all is well. */
  get strayLines(): StrayLines | undefined {
    return this.#strayLines;
  }

  get activity(): Activity {
    return this.#recent;
  }

  #follow(): void {
    const isRunning = this.#session.state.kind === 'running';
    if (isRunning && this.#unsubscribe === undefined) {
      this.#unsubscribe = this.#client.subscribe({ onChange: (change) => this.#note(change) });
      this.#changedAt = Date.now();
      this.#lookIn(0);
    } else if (!isRunning) {
      this.#end();
    }
  }

  #note({ removed }: ChangeEvent): void {
    if (removed) {
      this.#removedAt = Date.now();
    }
    this.#changedAt = Date.now();
    this.#lookIn(Math.max(soonMillis, this.#lookedAt + pauseMillis - Date.now()));
  }

  #end(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isSoon = false;
    this.#stats = undefined;
    this.#recent = noActivity;
    this.#strayLines = undefined;
  }

  /** Looks once in that time, however often it is asked to; sooner wins over a look that only lets the rate fall. */
  #lookIn(millis: number): void {
    if (this.#isSoon) {
      return;
    }
    clearTimeout(this.#timer);
    this.#isSoon = millis < agingMillis;
    this.#timer = setTimeout(() => void this.#look(), millis);
  }

  async #look(): Promise<void> {
    this.#isSoon = false;
    this.#lookedAt = Date.now();
    try {
      const [stats, recent] = await Promise.all([this.#client.stats(), this.#countRecent()]);
      if (this.#unsubscribe !== undefined) {
        this.#stats = stats;
        this.#recent = recent;
        await this.#lookForStrays(stats);
        this.#changed.fire();
      }
    } catch {
      // The session watches the connection and says what is wrong with it; the counts stay as they were.
    }
    if (this.#unsubscribe !== undefined) {
      this.#lookIn(agingMillis);
    }
  }

  async #countRecent(): Promise<Activity> {
    if (Date.now() - this.#changedAt > quietMillis) {
      return noActivity;
    }
    const { lastMinute, failedInFive } = await this.#client.countRecentTraces();
    return { tracesPerMinute: lastMinute, recentErrors: failedInFive };
  }

  /** As seldom as the rate is let fall: what is asked grows with the number of streams. */
  async #lookForStrays({ logEvents }: StatsReply): Promise<void> {
    const now = Date.now();
    if (now - this.#lookedForStrays < agingMillis) {
      return;
    }
    this.#lookedForStrays = now;
    const from = Math.max(now - linesMillis.oldest, this.#removedAt);
    const to = now - linesMillis.newest;
    const list =
      logEvents > 0 && from < to
        ? await this.#client.listLogEvents({ from: `${from}000000`, to: `${to}000000`, limit: mostLines })
        : undefined;
    const isKnown = async (id: string): Promise<boolean> => (await this.#client.loadTreeRows(id)) !== undefined;
    const found = await findStrayLines(list?.events ?? [], isKnown);
    // An SDK that tells the hub what it left out has the right address, and such requests are in the logs alone.
    this.#strayLines = found !== undefined && !(await this.#isLeavingOut()) ? found : undefined;
  }

  async #isLeavingOut(): Promise<boolean> {
    const { rules } = await this.#client.listSamplingRules();
    return rules.some(({ activity: { requests, sampled, borrowed } }) => requests > sampled + borrowed);
  }
}
