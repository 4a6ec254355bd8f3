import { Disposable, Emitter, type Disposer, type Event } from '../lifetime.ts';
import { UserError } from '../userError.ts';
import type { HubState } from './hubState.ts';
import { describeExit, type ServiceExit } from './serviceProcess.ts';
import type { XRayDaemonChoice } from './xrayDaemonChoice.ts';
import { newXRayDaemonHealth, withXRayDaemonEvent, type XRayDaemonHealth } from './xrayDaemonHealth.ts';
import { describeXRayDaemonFailure, parseXRayDaemonLine } from './xrayDaemonLog.ts';
import { addressOf, type XRayDaemonState } from './xrayDaemonState.ts';

/** A daemon that was started. */
export interface XRayDaemonRun {
  readonly pid?: number;
  /** Whole lines, without their ends. */
  readonly onLine: Event<string>;
  readonly exited: Promise<ServiceExit>;
  stop(patienceMillis?: number): Promise<unknown>;
  /** Of a daemon that somebody else keeps running, as an engine does: leaves it as it is, and hears no more of it. */
  detach?(): void;
}

/** Daemons in containers, which are started and ended by their engine. */
export interface XRayDaemonContainers {
  readonly onDidChange: Event<unknown>;
  /** Where programs reach the daemon of a service, with the hub at this address behind it; `undefined` while it does not run. */
  addressOf(service: string, endpoint: string): string | undefined;
  attach(service: string): XRayDaemonRun;
  /** Rejects with a `UserError`. */
  start(service: string, signal?: AbortSignal): Promise<void>;
}

/** What the daemon needs of the world; `localXRayDaemon` is the real one. */
export interface XRayDaemonWorld {
  /** The hub as this window knows it, and its changes. */
  readonly session: { readonly state: HubState; readonly onDidChange: Event<unknown> };
  /** Nothing is started for a folder that nobody trusts. */
  isTrusted(): boolean;
  choose(): Promise<XRayDaemonChoice>;
  /** Where it is to listen, for UDP and TCP, such as `127.0.0.1:2000`. */
  chooseAddress(): Promise<string>;
  readonly containers: XRayDaemonContainers;
  run(program: string, at: { readonly endpoint: string; readonly address: string }): XRayDaemonRun;
  /** Asks the hub to be the window that runs the daemon; others read the note. Rejects where no hub answers. */
  claim(note: string, take: boolean): Promise<{ readonly held: boolean; readonly note: string }>;
  release(): Promise<void>;
  now(): Date;
  every(millis: number, work: () => void): Disposer;
  sleep(millis: number): Promise<void>;
}

/** How often the window says that it still runs the daemon, or asks whether nobody does any more. */
const beatMillis = 3_000;
/** What a daemon takes from its start to its ports is milliseconds; after this long something is wrong. */
const startMillis = 10_000;

/**
 * One window's AWS X-Ray daemon. It follows the hub: a hub that was started without a receiver of its own gets one daemon, from one of its windows, and another window takes over when
 * that one closes.
 */
export class XRayDaemon extends Disposable {
  readonly #changed = this.register(new Emitter<void>());
  readonly #written = this.register(new Emitter<string>());
  readonly onDidChange = this.#changed.event;
  /** What the daemon writes, a line at a time. */
  readonly onLine = this.#written.event;
  readonly #world: XRayDaemonWorld;
  #state: XRayDaemonState = { kind: 'off' };
  #choice: XRayDaemonChoice | undefined;
  #run: XRayDaemonRun | undefined;
  #endpoint: string | undefined;
  /** What is done one after the other: following the hub, and what a person asks for. */
  #work: Promise<unknown> = Promise.resolve();
  #beat: Disposer | undefined;

  constructor(world: XRayDaemonWorld) {
    super();
    this.#world = world;
    this.register(world.session.onDidChange(() => this.follow()));
    this.register(world.containers.onDidChange(() => this.#onContainers()));
    this.register({ dispose: () => this.#beat?.dispose() });
  }

  get state(): XRayDaemonState {
    return this.#state;
  }

  /** What was chosen when it was last asked for, and why. */
  get choice(): XRayDaemonChoice | undefined {
    return this.#choice;
  }

  /** Whether the hub that runs leaves segments to a daemon. */
  get isNeeded(): boolean {
    const { state } = this.#world.session;
    return state.kind === 'running' && state.hub.endpoints.xrayUdp === undefined;
  }

  /** Chooses anew, for a hub that is about to start: whether it is to leave segments to a daemon. */
  async isWanted(): Promise<boolean> {
    this.#choice = await this.#world.choose();
    this.#changed.fire();
    return this.#choice.kind !== 'embedded';
  }

  /** Brings the daemon to what the hub needs now. Never rejects: what goes wrong is in the state. */
  follow(): void {
    void this.#next(() => this.#catchUp()).catch(() => undefined);
  }

  /** After a change of what `choose` goes by. */
  reconsider(): void {
    void this.#next(async () => {
      await this.isWanted();
      if (this.#state.kind === 'missing') {
        this.#set({ kind: 'off' });
        await this.#catchUp();
      }
    }).catch(() => undefined);
  }

  /** Settles once nothing is under way. */
  async settled(): Promise<void> {
    for (let work: unknown; work !== this.#work;) {
      work = this.#work;
      await this.#work.catch(() => undefined);
    }
  }

  /** For a person. Rejects with a `UserError` where it cannot be started. */
  async start(signal?: AbortSignal): Promise<void> {
    const choice = this.isNeeded ? this.#choice : undefined;
    if (choice?.kind === 'compose') {
      await this.#world.containers.start(choice.service, signal);
      this.follow();
      await this.settled();
      return;
    }
    await this.#next(() => this.#startAsked());
  }

  /** For a person: stays stopped, in every window, until it is started again. */
  async stop(): Promise<void> {
    await this.#next(async () => {
      if (this.#state.kind === 'elsewhere') {
        throw new UserError('Another window has started the X-Ray daemon: stop it there.');
      }
      await this.#endRun();
      if (this.isNeeded) {
        this.#set({ kind: 'stopped' });
        await this.#claim(false);
      }
    });
  }

  /** For the end of the window: another one may take over. */
  async end(patienceMillis: number): Promise<void> {
    await this.#next(async () => {
      const wasRunning = this.#run !== undefined;
      this.dispose();
      await this.#leaveRun(patienceMillis);
      if (wasRunning) {
        await this.#world.release().catch(() => undefined);
      }
    });
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#work.catch(() => undefined).then(work);
    this.#work = done;
    return done;
  }

  async #catchUp(): Promise<void> {
    if (this.isDisposed) {
      return;
    }
    const { state } = this.#world.session;
    if (state.kind === 'lost' || state.kind === 'starting') {
      // It comes back where it was, and what the daemon cannot hand over meanwhile it says.
      return;
    }
    if (state.kind !== 'running' || !this.isNeeded || !this.#world.isTrusted()) {
      this.#beat?.dispose();
      this.#beat = undefined;
      await this.#leaveRun();
      this.#set({ kind: 'off' });
      return;
    }
    this.#beat ??= this.#world.every(beatMillis, () => this.follow());
    await this.#serve(state.hub.endpoints.api);
  }

  async #serve(endpoint: string): Promise<void> {
    if (this.#state.kind === 'missing') {
      // Another window may find one; this one looks again when it is asked to.
      return;
    }
    const lease = await this.#claim(false);
    if (lease === undefined) {
      return;
    }
    if (!lease.held) {
      await this.#leaveRun();
      this.#set({ kind: 'elsewhere', ...(lease.note !== '' && { address: lease.note }) });
    } else if (this.#run !== undefined && this.#endpoint !== endpoint) {
      await this.#leaveRun();
      await this.#begin(endpoint);
    } else if (this.#run === undefined && (!this.#isOver || this.#containerAddress !== undefined)) {
      await this.#begin(endpoint);
    }
  }

  get #isOver(): boolean {
    return this.#state.kind === 'stopped' || this.#state.kind === 'exited';
  }

  /** Of a daemon in a container, which anybody may start, at a shell for one. */
  get #containerAddress(): string | undefined {
    const { state } = this.#world.session;
    return state.kind === 'running' && this.#choice?.kind === 'compose'
      ? this.#world.containers.addressOf(this.#choice.service, state.hub.endpoints.api)
      : undefined;
  }

  #onContainers(): void {
    if (this.isNeeded && this.#choice?.kind === 'compose' && this.#containerAddress !== addressOf(this.#state)) {
      this.follow();
    }
  }

  async #startAsked(): Promise<void> {
    const { state } = this.#world.session;
    if (state.kind !== 'running' || this.#run !== undefined) {
      return;
    }
    if (!this.isNeeded) {
      throw new UserError('The hub takes X-Ray segments itself. Restart it to have the daemon in front of it.', {
        actions: [{ label: 'Restart Hub', command: 'sightline.restartService', arguments: ['hub'] }],
      });
    }
    const lease = await this.#claim(false);
    if (lease?.held === false && lease.note !== '') {
      throw new UserError(`Another window runs the X-Ray daemon on ${lease.note}.`);
    }
    await this.#claim(true);
    await this.#begin(state.hub.endpoints.api);
    if (this.#state.kind === 'exited' || this.#state.kind === 'missing') {
      throw new UserError(`The X-Ray daemon is not there: ${this.#state.message}.`, { actions: [showOutput] });
    }
  }

  async #begin(endpoint: string): Promise<void> {
    const choice = await this.#world.choose();
    this.#choice = choice;
    if (choice.kind === 'embedded') {
      this.#set({ kind: 'missing', message: choice.problem ?? choice.reason });
      await this.#world.release().catch(() => undefined);
      return;
    }
    if (choice.kind === 'compose') {
      this.#attach(choice.service, endpoint);
      await this.#claim(false);
      return;
    }
    const address = await this.#world.chooseAddress();
    this.#set({ kind: 'starting', address });
    try {
      await this.#launch(choice.path, { endpoint, address });
    } catch (error) {
      this.#set({ kind: 'exited', message: error instanceof Error ? error.message : String(error) });
    }
    await this.#claim(false);
  }

  /** A daemon that an engine runs is up before anybody here hears of it. */
  #attach(service: string, endpoint: string): void {
    const address = this.#world.containers.addressOf(service, endpoint);
    if (address !== undefined) {
      const at = { endpoint, address };
      this.#set({ kind: 'running', address, since: this.#world.now(), health: newXRayDaemonHealth });
      void this.#hear(this.#world.containers.attach(service), at);
    } else if (this.#state.kind !== 'exited') {
      this.#set({ kind: 'stopped' });
    }
  }

  /** Settles when it has opened its ports, has ended, or takes too long, which is left to the person to judge. */
  async #launch(program: string, at: { readonly endpoint: string; readonly address: string }): Promise<void> {
    await Promise.race([this.#hear(this.#world.run(program, at), at), this.#world.sleep(startMillis)]);
  }

  /** Takes a run over. Settles when it says that it has opened its ports, or has ended. */
  async #hear(run: XRayDaemonRun, at: { readonly endpoint: string; readonly address: string }): Promise<void> {
    this.#run = run;
    this.#endpoint = at.endpoint;
    let health: XRayDaemonHealth = newXRayDaemonHealth;
    const started = Promise.withResolvers<undefined>();
    const since = this.#world.now();
    run.onLine((line) => {
      this.#written.fire(line);
      const event = parseXRayDaemonLine(line);
      if (event === undefined || this.#run !== run) {
        return;
      }
      // What a container says may begin before its last start.
      health = event.kind === 'started' ? newXRayDaemonHealth : withXRayDaemonEvent(health, event);
      if (event.kind === 'started') {
        started.resolve(undefined);
      }
      if (event.kind === 'started' || this.#state.kind === 'running') {
        const pid = run.pid === undefined ? {} : { pid: run.pid };
        this.#set({ kind: 'running', address: at.address, since, health, ...pid });
      }
    });
    const ended = run.exited.then((exit) => this.#ended(run, exit, health));
    await Promise.race([started.promise, ended]);
  }

  #ended(run: XRayDaemonRun, exit: ServiceExit, health: XRayDaemonHealth): void {
    if (this.#run !== run) {
      return;
    }
    this.#run = undefined;
    if (this.#state.kind !== 'stopping') {
      const reason = describeXRayDaemonFailure(health.lastError);
      const message = reason === undefined ? describeExit(exit) : `${describeExit(exit)}: ${reason}`;
      this.#set(run.detach !== undefined && isStop(exit) ? { kind: 'stopped' } : { kind: 'exited', message });
      // The others learn that it has no address any more.
      this.follow();
    }
  }

  /** Ends a daemon of ours; one of an engine goes on without us. */
  async #leaveRun(patienceMillis?: number): Promise<void> {
    const run = this.#run;
    if (run?.detach === undefined) {
      await this.#endRun(patienceMillis);
      return;
    }
    this.#run = undefined;
    run.detach();
  }

  async #endRun(patienceMillis?: number): Promise<void> {
    const run = this.#run;
    if (run !== undefined) {
      this.#set({ kind: 'stopping' });
      await run.stop(patienceMillis);
      await run.exited;
      this.#run = undefined;
    }
  }

  async #claim(take: boolean): Promise<{ readonly held: boolean; readonly note: string } | undefined> {
    const { state } = this;
    const note = state.kind === 'starting' || state.kind === 'running' ? state.address : '';
    // A hub that does not answer is the session's to tell of; until it is known, everything stays as it is.
    return await this.#world.claim(note, take).catch(() => undefined);
  }

  #set(state: XRayDaemonState): void {
    const isSame = JSON.stringify(state) === JSON.stringify(this.#state);
    this.#state = state;
    if (!isSame) {
      this.#changed.fire();
    }
  }
}

/** 143 and 137 are SIGTERM and SIGKILL: how an engine stops what does not end by itself. */
function isStop(exit: ServiceExit): boolean {
  return exit.kind === 'code' && [0, 137, 143].includes(exit.code);
}

const showOutput = { label: 'Show Output', command: 'sightline.showOutput', arguments: ['xrayDaemon'] } as const;
