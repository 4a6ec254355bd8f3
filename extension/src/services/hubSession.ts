import type { ReadyLine } from '@sightline/hub/client/api';
import type { HubRecord } from '@sightline/hub/client/hubLock';
import type { HubConnectionState } from '@sightline/hub/client/changeSubscription';
import { Disposable, Emitter } from '../lifetime.ts';
import { UserError } from '../userError.ts';
import type { HubState, RunningHub } from './hubState.ts';
import { isNewerVersion } from './versions.ts';

/** What a session needs of the world; `localHub` is the real one. */
export interface HubWorld {
  readonly dataDir: string;
  readonly ownVersion: string;
  /** The hub that answers on the data directory now. */
  find(signal?: AbortSignal): Promise<HubRecord | undefined>;
  /** What the last hub wrote about itself; it takes this back when it ends in order, so a record without a hub means that it was killed. */
  readRecord(): Promise<HubRecord | undefined>;
  /** Starts a hub that outlives this window, and settles with its ready line. Rejects with a `UserError` in the hub's own words. */
  launch(signal?: AbortSignal): Promise<ReadyLine>;
  /** Follows the connection to the hub until the returned function is called, through every restart of the hub. */
  follow(onState: (state: HubConnectionState) => void): () => void;
  /** Asks the hub to flush and end. */
  shutdown(): Promise<void>;
  /** Whether this window, before a reload perhaps, started the process. */
  isOwn(pid: number): boolean;
  rememberOwn(pid: number): void;
  sleep(millis: number): Promise<void>;
  /** Milliseconds on a clock that nobody sets. */
  now(): number;
}

const tick = 100;
/** How long a hub may take to flush and end before it counts as hanging. */
const endingMillis = 6_000;
/** How long the winner of two windows that start at once may take from its lock to its ready line. */
const rivalMillis = 2_000;
/** The pause before a killed hub is started again: a debugger or an update that ends it has time to start its own. */
const backoffMillis = 500;
/** How long the window that started a killed hub has for starting it again, before another one does. */
const starterMillis = 5_000;
/** A hub that dies again this soon after it was started again is broken, and is left to the person. */
const provenMillis = 30_000;
const endedTwice =
  'The hub ended by itself, was started again, and ended again at once. What it said last is in its output ("Show Output"); start it again from here.';

/** One window's relation to the one hub of the data directory: joins it, starts it, ends it, and gets it back when it is lost. */
export class HubSession extends Disposable {
  readonly #changed = this.register(new Emitter<HubState>());
  readonly onDidChange = this.#changed.event;
  readonly #world: HubWorld;
  #state: HubState = { kind: 'off' };
  #starting: Promise<RunningHub> | undefined;
  #unfollow: (() => void) | undefined;
  #restartedAt = -Infinity;

  constructor(world: HubWorld) {
    super();
    this.#world = world;
    this.register({ dispose: () => this.#unfollow?.() });
  }

  get state(): HubState {
    return this.#state;
  }

  get hub(): RunningHub | undefined {
    return this.#state.kind === 'running' ? this.#state.hub : undefined;
  }

  /** Whether the hub is older than this extension; starting then replaces it. */
  get isOutdated(): boolean {
    return this.hub !== undefined && isNewerVersion(this.#world.ownVersion, this.hub.version);
  }

  /** Joins the hub where one is running already; never starts one. */
  async join(signal?: AbortSignal): Promise<RunningHub | undefined> {
    if (this.hub !== undefined || this.#starting !== undefined) {
      return this.hub ?? (await this.#starting);
    }
    const record = await this.#world.find(signal);
    return record === undefined ? undefined : this.#run(this.#joined(record));
  }

  /** Joins the running hub or starts one. Callers at the same time share one start. Rejects with a `UserError`, or with the signal's reason. */
  start(signal?: AbortSignal): Promise<RunningHub> {
    if (this.hub !== undefined && !this.isOutdated) {
      return Promise.resolve(this.hub);
    }
    this.#starting ??= this.#startOnce(signal).finally(() => (this.#starting = undefined));
    return this.#starting;
  }

  /** Ends the hub, for every window. Rejects with a `UserError` when it does not end. */
  async stop(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    if (this.#state.kind === 'running' || this.#state.kind === 'lost') {
      await this.#end();
    }
    this.#leave({ kind: 'stopped' });
  }

  async #startOnce(signal: AbortSignal | undefined): Promise<RunningHub> {
    this.#set({ kind: 'starting' });
    try {
      return this.#run(await this.#joinOrLaunch(signal));
    } catch (error) {
      this.#leave(signal?.aborted ? { kind: 'off' } : { kind: 'failed', message: messageOf(error) });
      throw error;
    }
  }

  async #joinOrLaunch(signal: AbortSignal | undefined): Promise<RunningHub> {
    const record = await this.#world.find(signal);
    if (record !== undefined && !isNewerVersion(this.#world.ownVersion, record.version)) {
      return this.#joined(record);
    }
    if (record !== undefined) {
      await this.#end();
    }
    try {
      return this.#launched(await this.#world.launch(signal));
    } catch (error) {
      const rival = signal?.aborted ? undefined : await this.#waitForRival(rivalMillis);
      if (rival === undefined) {
        throw error;
      }
      return this.#joined(rival);
    }
  }

  /** Another window may have been a moment faster: its hub holds the data directory, and ours has ended for that. */
  async #waitForRival(millis: number): Promise<HubRecord | undefined> {
    for (let waited = 0; waited < millis; waited += tick) {
      const record = await this.#world.find();
      if (record !== undefined) {
        return record;
      }
      await this.#world.sleep(tick);
    }
    return undefined;
  }

  async #end(): Promise<void> {
    await this.#world.shutdown().catch(() => undefined);
    for (let waited = 0; (await this.#world.find()) !== undefined; waited += tick) {
      if (waited >= endingMillis) {
        throw new UserError(
          'The hub was asked to end and has not. End its process yourself, then start again; the Services view shows its process id.',
        );
      }
      await this.#world.sleep(tick);
    }
  }

  #joined(record: HubRecord): RunningHub {
    return {
      pid: record.pid,
      version: record.version,
      dataDir: this.#world.dataDir,
      endpoints: record.endpoints ?? { api: record.api },
      startedAt: new Date(record.startedAt),
      origin: this.#world.isOwn(record.pid) ? 'started' : 'joined',
    };
  }

  #launched(ready: ReadyLine): RunningHub {
    this.#world.rememberOwn(ready.pid);
    const { pid, version, dataDir, endpoints } = ready;
    return { pid, version, dataDir, endpoints, startedAt: new Date(), origin: 'started' };
  }

  #run(hub: RunningHub): RunningHub {
    this.#set({ kind: 'running', hub });
    this.#unfollow ??= this.#world.follow((state) => void this.#onConnection(state));
    return hub;
  }

  async #onConnection(connection: HubConnectionState): Promise<void> {
    if (connection.kind === 'connected') {
      await this.#reunite();
    } else if (this.#state.kind === 'running') {
      await this.#recover(this.#state.hub, connection.reason);
    }
  }

  /** After a reconnection the hub may be another process, on other ports. */
  async #reunite(): Promise<void> {
    const record = this.#state.kind === 'lost' || this.#state.kind === 'running' ? await this.#world.find() : undefined;
    const isNew =
      this.#state.kind === 'lost' || (this.#state.kind === 'running' && this.#state.hub.pid !== record?.pid);
    if (record !== undefined && isNew) {
      this.#set({ kind: 'running', hub: this.#joined(record) });
    }
  }

  async #recover(hub: RunningHub, reason: string): Promise<void> {
    this.#set({ kind: 'lost', message: `The hub no longer answers: ${reason}` });
    await this.#world.sleep(backoffMillis);
    if (this.isDisposed || this.#state.kind !== 'lost') {
      return;
    }
    if ((await this.#world.readRecord()) === undefined) {
      this.#leave({ kind: 'stopped' });
      return;
    }
    const found = await this.#waitForRival(hub.origin === 'started' ? tick : starterMillis);
    const isBroken = this.#world.now() - this.#restartedAt < provenMillis;
    if (found !== undefined || this.isDisposed || this.#state.kind !== 'lost') {
      return;
    }
    if (isBroken) {
      this.#leave({ kind: 'failed', message: endedTwice });
    } else {
      // The failure is in the state, where the Services view shows it.
      await this.start().catch(() => undefined);
      this.#restartedAt = this.#world.now();
    }
  }

  #leave(state: HubState): void {
    this.#unfollow?.();
    this.#unfollow = undefined;
    this.#set(state);
  }

  #set(state: HubState): void {
    if (!this.isDisposed) {
      this.#state = state;
      this.#changed.fire(state);
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
