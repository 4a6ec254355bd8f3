import type { StatsReply, TraceRow } from '@sightline/hub/client/api';
import type { HubClient } from '@sightline/hub/client/hubClient';
import { Disposable, Emitter } from '../lifetime.ts';
import { activityOf, noActivity, type Activity } from './activity.ts';
import type { HubSession } from './hubSession.ts';

// Counts are read, not watched: this often is soon enough, and costs the hub nothing.
const pauseMillis = 1_000;
/** Without a change the rate still falls, as traces grow old. */
const agingMillis = 10_000;
const limit = 200;

type WatchedSession = Pick<HubSession, 'state' | 'onDidChange'>;
type WatchedClient = Pick<HubClient, 'subscribe' | 'stats' | 'listTraces'>;

/** The hub's counts and its latest activity, looked up after changes while the hub runs. */
export class HubActivity extends Disposable {
  readonly #changed = this.register(new Emitter<void>());
  readonly onDidChange = this.#changed.event;
  readonly #session: WatchedSession;
  readonly #client: WatchedClient;
  #stats: StatsReply | undefined;
  #newest: readonly TraceRow[] = [];
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

  get activity(): Activity {
    return this.#stats === undefined ? noActivity : activityOf(this.#newest, limit, new Date());
  }

  #follow(): void {
    const isRunning = this.#session.state.kind === 'running';
    if (isRunning && this.#unsubscribe === undefined) {
      this.#unsubscribe = this.#client.subscribe({ onChange: () => this.#lookIn(pauseMillis) });
      this.#lookIn(0);
    } else if (!isRunning) {
      this.#end();
    }
  }

  #end(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isSoon = false;
    this.#stats = undefined;
    this.#newest = [];
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
    try {
      const [stats, { traces }] = await Promise.all([this.#client.stats(), this.#client.listTraces({ limit })]);
      if (this.#unsubscribe !== undefined) {
        this.#stats = stats;
        this.#newest = traces;
        this.#changed.fire();
      }
    } catch {
      // The session watches the connection and says what is wrong with it; the counts stay as they were.
    }
    if (this.#unsubscribe !== undefined) {
      this.#lookIn(agingMillis);
    }
  }
}
