import { Disposable, Emitter, type Disposer, type Event } from '../lifetime.ts';
import { UserError } from '../userError.ts';
import { describeExit, type ServiceExit } from './serviceProcess.ts';
import type { FolderServiceId, ServiceEndpoints, ServiceState } from './serviceState.ts';
import type { WindowRun, WindowRuns } from './windowRuns.ts';

/** Something that runs: a program in a task's terminal, a task, or a debug launch. */
export interface Run {
  readonly pid?: number;
  /** Fires with the endpoints of its ready line, where it prints one. */
  readonly onReady: Event<ServiceEndpoints>;
  readonly exited: Promise<ServiceExit>;
  /** It was up before it was handed over, so nothing is waited for. */
  readonly isUp?: boolean;
  /** It goes on when the window ends: the engine that runs it does. */
  readonly isKept?: boolean;
  /** Asks it to end, and kills what is left after so many milliseconds, five seconds where none are given. */
  stop(patienceMillis?: number): Promise<unknown>;
}

/** What to start, and how to tell that it is up. */
export interface Startable {
  /** What a person calls it: `npm: dev`. */
  readonly description: string;
  readonly port?: number;
  /** Endpoints known before it says anything, from the settings. */
  readonly endpoints: ServiceEndpoints;
  run(environment: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Run>;
  /** What runs already, whoever started it, where that can be taken over. */
  find?(): Promise<Run | undefined>;
  /** What other windows on the folder run, where the window that starts it is the one that runs it. */
  readonly windows?: WindowRuns;
}

/** Time, sockets and processes, as parameters. */
export interface ServiceClock {
  now(): Date;
  sleep(millis: number): Promise<void>;
  isListening(port: number): Promise<boolean>;
  readonly processes: {
    isAlive(pid: number): boolean;
    /** Where the system tells. */
    listeningOn(port: number): number | undefined;
  };
}

const tick = 200;
/** How long a service may take until its port answers. A first start may install or compile. */
const portMillis = 60_000;
/**
 * A program without a port may print a ready line; after this long it counts as running without one. A database's line is what the backend needs to be told
 * of, and its first start may take long.
 */
const lineMillis: Record<FolderServiceId, number> = { database: 60_000, backend: 10_000 };

/** The backend or the database of this window: what it is, whether it runs, and the environment that it was started with. */
export class FolderService extends Disposable {
  readonly #changed = this.register(new Emitter<void>());
  readonly onDidChange = this.#changed.event;
  readonly id: FolderServiceId;
  readonly #clock: ServiceClock;
  #startable: Startable | undefined;
  #state: ServiceState = { kind: 'unknown' };
  #run: Run | undefined;
  /** Whom the other windows hear of our run from. */
  #told: { readonly windows: WindowRuns; readonly asked: Disposer } | undefined;
  #starting: Promise<void> | undefined;
  #environment: Readonly<Record<string, string>> | undefined;

  constructor(id: FolderServiceId, clock: ServiceClock) {
    super();
    this.id = id;
    this.#clock = clock;
  }

  get state(): ServiceState {
    return this.#state;
  }

  get description(): string | undefined {
    return this.#startable?.description;
  }

  /** Whether this window started it and it has not ended. */
  get isOwn(): boolean {
    return this.#run !== undefined;
  }

  get pid(): number | undefined {
    return this.#run?.pid;
  }

  /** The process whose own environment tells where it sends its telemetry, whoever started it. */
  get seenPid(): number | undefined {
    return this.#run?.pid ?? (this.#state.kind === 'elsewhere' ? this.#state.pid : undefined);
  }

  /** What it was started with, while it runs. */
  get environment(): Readonly<Record<string, string>> | undefined {
    return this.#run && this.#environment;
  }

  /** Where it answers, as far as is known, running or not. */
  get endpoints(): ServiceEndpoints {
    const running = this.#state.kind === 'running' || this.#state.kind === 'elsewhere' ? this.#state.endpoints : {};
    return { ...this.#startable?.endpoints, ...running };
  }

  /** Where its settings say that it will answer: the same before and after it starts, so that it may be told to it. */
  get configuredEndpoints(): ServiceEndpoints {
    return this.#startable?.endpoints ?? {};
  }

  /** Says what to start from now on; what runs already goes on. */
  configure(startable: Startable | undefined): void {
    this.#startable = startable;
    if (this.#run === undefined) {
      this.#set(startable === undefined ? { kind: 'unknown' } : { kind: 'stopped' });
    }
  }

  /** Starts it and settles when it is up, or at once where another window runs it. Rejects with a `UserError` when it ends before, or its port is held by another program. */
  async start(environment: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void> {
    if (this.#startable !== undefined && this.#run === undefined) {
      this.#starting ??= this.#startOnce(this.#startable, environment, signal).finally(
        () => (this.#starting = undefined),
      );
    }
    await this.#starting;
  }

  async #startOnce(
    startable: Startable,
    environment: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const other = startable.windows?.other();
    if (other !== undefined) {
      this.#set(stateOf(other));
      return;
    }
    await this.#refuseTakenPort(startable);
    this.#set({ kind: 'starting' });
    this.#tellOthers(startable);
    try {
      const run = await startable.run(environment, signal);
      this.#take(run);
      this.#told?.windows.tell({ endpoints: startable.endpoints, ...pidOf(run) });
      // A container's variables are others than these, and whether they are old its own row says.
      this.#environment = run.isKept === true ? undefined : environment;
      await this.#whenUp(run, startable);
    } catch (error) {
      if (this.#run === undefined) {
        this.#withdraw();
      }
      if (signal?.aborted === true && this.#run === undefined) {
        this.#set({ kind: 'stopped' });
      } else if (this.#state.kind === 'starting') {
        this.#set({ kind: 'exited', message: error instanceof Error ? error.message : String(error), isFailure: true });
      }
      throw error;
    }
  }

  /** Ends it, with all that it started, also where another window runs it. What somebody else started goes on. */
  async stop(patienceMillis?: number): Promise<void> {
    const run = this.#run;
    if (this.#state.kind === 'elsewhere') {
      await this.#stopElsewhere(this.#state.window === undefined ? undefined : this.#startable?.windows);
      return;
    }
    if (run !== undefined) {
      this.#set({ kind: 'stopping' });
      await run.stop(patienceMillis);
      await run.exited;
    }
    this.#set(this.#startable === undefined ? { kind: 'unknown' } : { kind: 'stopped' });
  }

  async #stopElsewhere(windows: WindowRuns | undefined): Promise<void> {
    const before = this.#state;
    if (windows !== undefined) {
      this.#set({ kind: 'stopping' });
      try {
        await windows.stopOther();
        this.#set({ kind: 'stopped' });
      } catch (error) {
        this.#set(before);
        throw error;
      }
    }
  }

  /** What is left of a window that this one has taken the place of is no other window's. */
  forgetWindow(window: number): void {
    this.#startable?.windows?.withdraw(window);
  }

  /** For the end of the window: what the window alone keeps running ends with it. */
  async end(patienceMillis: number): Promise<void> {
    if (this.#state.kind !== 'elsewhere' && this.#run?.isKept !== true) {
      await this.stop(patienceMillis);
    }
  }

  /** Asks whether it runs already: the engine where one runs it, else the other windows, else the port. */
  async look(): Promise<void> {
    await this.#takeOver();
    const startable = this.#startable;
    if (startable === undefined || !this.#isIdle) {
      return;
    }
    const found = await this.#elsewhere(startable);
    if (!this.#isIdle || this.#startable !== startable) {
      return;
    }
    if (found === undefined && this.#state.kind === 'elsewhere') {
      this.#set({ kind: 'stopped' });
    } else if (found !== undefined && JSON.stringify(found) !== JSON.stringify(this.#state)) {
      this.#set(found);
    }
  }

  get #isIdle(): boolean {
    const { kind } = this.#state;
    const isNothingRunning = this.#run === undefined && this.#starting === undefined;
    return isNothingRunning && (kind === 'stopped' || kind === 'elsewhere' || kind === 'exited');
  }

  async #elsewhere({ windows, port, endpoints }: Startable): Promise<ServiceState | undefined> {
    const other = windows?.other();
    if (other !== undefined) {
      return stateOf(other);
    }
    if (port === undefined || !(await this.#clock.isListening(port))) {
      return undefined;
    }
    return { kind: 'elsewhere', endpoints, ...pidOf({ pid: this.#listenerOn(port) }) };
  }

  /** Asked once for each program that is found there: to find a listener is to look at every process. */
  #listenerOn(port: number): number | undefined {
    const { processes } = this.#clock;
    const known = this.#state.kind === 'elsewhere' && this.#state.window === undefined ? this.#state : undefined;
    const isSame = known !== undefined && (known.pid === undefined || processes.isAlive(known.pid));
    return isSame ? known.pid : processes.listeningOn(port);
  }

  async #takeOver(): Promise<void> {
    const startable = this.#startable;
    const isIdle = this.#state.kind === 'stopped' || this.#state.kind === 'exited';
    const run = isIdle ? await startable?.find?.() : undefined;
    if (run !== undefined && this.#run === undefined && this.#startable === startable && this.#starting === undefined) {
      this.#take(run);
      this.#environment = undefined;
      this.#running(run, {});
    }
  }

  #tellOthers({ windows, endpoints }: Startable): void {
    this.#withdraw();
    if (windows !== undefined) {
      this.#told = { windows, asked: windows.onDidAskToStop(() => void this.stop()) };
      windows.tell({ endpoints });
    }
  }

  #withdraw(): void {
    this.#told?.asked.dispose();
    this.#told?.windows.withdraw();
    this.#told = undefined;
  }

  #take(run: Run): void {
    this.#run = run;
    void run.exited.then((exit) => this.#ended(run, exit));
  }

  async #refuseTakenPort({ port, endpoints }: Startable): Promise<void> {
    if (port !== undefined && (await this.#clock.isListening(port))) {
      this.#set({ kind: 'elsewhere', endpoints, ...pidOf({ pid: this.#listenerOn(port) }) });
      throw new UserError(
        `The ${this.id} was not started: port ${port} is already in use. End the program that listens there, or give the ${this.id} another port.`,
      );
    }
  }

  async #whenUp(run: Run, startable: Startable): Promise<void> {
    if (run.isUp === true) {
      this.#running(run, {});
      return;
    }
    const announced = this.#announcement(run);
    const { port } = startable;
    const isUp =
      port === undefined ? this.#clock.sleep(lineMillis[this.id]).then(() => true) : this.#untilListening(port);
    const outcome = await Promise.race([announced, isUp, run.exited.then((exit) => exit)]);
    if (outcome === false) {
      throw new UserError(
        `The ${this.id} has not opened port ${port} within ${portMillis / 1000} seconds. Its output may say why.`,
        { actions: [showOutputOf(this.id)] },
      );
    }
    if (typeof outcome === 'object' && 'kind' in outcome) {
      throw new UserError(`The ${this.id} ${describeExit(outcome)} before it was up.`, {
        actions: [showOutputOf(this.id)],
      });
    }
    if (this.#state.kind === 'starting') {
      this.#running(run, {});
    }
  }

  /** Settles at the first ready line; later ones, of a program that reloads itself, are taken over too. */
  #announcement(run: Run): Promise<true> {
    return new Promise((resolve) => {
      this.register(
        run.onReady((endpoints) => {
          this.#running(run, endpoints);
          resolve(true);
        }),
      );
    });
  }

  async #untilListening(port: number): Promise<boolean> {
    for (let waited = 0; waited < portMillis && this.#state.kind === 'starting'; waited += tick) {
      if (await this.#clock.isListening(port)) {
        return true;
      }
      await this.#clock.sleep(tick);
    }
    return this.#state.kind !== 'starting';
  }

  #running(run: Run, announced: ServiceEndpoints): void {
    if (this.#run !== run || this.#state.kind === 'stopping') {
      return;
    }
    const before = this.#state.kind === 'running' ? this.#state : undefined;
    const endpoints = { ...this.#startable?.endpoints, ...before?.endpoints, ...announced };
    const since = before?.since ?? this.#clock.now();
    this.#told?.windows.tell({ endpoints, since: since.toISOString(), ...pidOf(run) });
    this.#set({ kind: 'running', since, endpoints, ...pidOf(run) });
  }

  #ended(run: Run, exit: ServiceExit): void {
    if (this.#run !== run) {
      return;
    }
    this.#run = undefined;
    this.#withdraw();
    if (this.#state.kind !== 'stopping') {
      const isFailure = exit.kind !== 'code' || exit.code !== 0;
      this.#set({ kind: 'exited', message: describeExit(exit), isFailure });
    }
  }

  #set(state: ServiceState): void {
    this.#state = state;
    this.#changed.fire();
  }
}

function stateOf(run: WindowRun): ServiceState {
  const window = run.since === undefined ? {} : { since: new Date(run.since) };
  return { kind: 'elsewhere', endpoints: run.endpoints, window, ...pidOf(run) };
}

function pidOf({ pid }: { readonly pid?: number | undefined }): { readonly pid?: number } {
  return pid === undefined ? {} : { pid };
}

function showOutputOf(id: FolderServiceId): { label: string; command: string; arguments: readonly unknown[] } {
  return { label: 'Show Output', command: 'sightline.showOutput', arguments: [id] };
}
