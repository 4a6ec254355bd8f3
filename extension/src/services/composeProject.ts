import { Disposable, Emitter, type Disposer } from '../lifetime.ts';
import { UserError } from '../userError.ts';
import { ComposeCli, type ComposePlace, type ComposeWorld } from './composeCli.ts';
import { isChange, type ComposeContainer } from './composeContainers.ts';
import { describeComposeFailure } from './composeFailure.ts';
import { parseComposeModel, withDependencies, type ComposeModel } from './composeFile.ts';
import { failuresOf, undo, untilUp } from './composeStart.ts';
import type { ComposeCommandLine, ComposeCommandName, ComposeTool, ComposeVerb } from './composeTool.ts';

/** A project as one window knows it. */
export type ComposeState =
  | { readonly kind: 'none' }
  /** There is a file, and nobody has asked the engine yet. */
  | { readonly kind: 'unknown'; readonly model: ComposeModel }
  /** `message` says why the engine tells nothing. `answering` are the services whose ports answer all the same. */
  | {
      readonly kind: 'unavailable';
      readonly message: string;
      readonly model: ComposeModel;
      readonly answering: readonly string[];
    }
  | {
      readonly kind: 'known';
      readonly model: ComposeModel;
      readonly tool: ComposeTool;
      readonly containers: readonly ComposeContainer[];
    };

export type ComposeWork = 'starting' | 'stopping' | 'rebuilding';

/** The services of a folder's compose file: started with an override that points them at the hub, told apart by what the engine says of them. */
export class ComposeProject extends Disposable {
  readonly #changed = this.register(new Emitter<void>());
  readonly #written = this.register(new Emitter<string>());
  readonly onDidChange = this.#changed.event;
  /** What the tool prints, and the command lines that it was given. */
  readonly onOutput = this.#written.event;
  readonly #world: ComposeWorld;
  readonly #cli: ComposeCli;
  #state: ComposeState = { kind: 'none' };
  readonly #work = new Map<string, ComposeWork>();
  readonly #failures = new Map<string, string>();
  #events: Disposer | undefined;
  readonly #told = this.register(new Emitter<void>());
  /** Whether the engine has told of a change that nobody has asked after yet. */
  #hasMissed = false;
  #looking: Promise<void> | undefined;
  /** One thing after the other: two calls of compose on one project get in each other's way. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(world: ComposeWorld) {
    super();
    this.#world = world;
    this.#cli = new ComposeCli(world, (text) => this.#written.fire(text));
    this.register({ dispose: () => this.#events?.dispose() });
  }

  get state(): ComposeState {
    return this.#state;
  }

  get place(): ComposePlace | undefined {
    return this.#cli.place;
  }

  get model(): ComposeModel | undefined {
    return this.#state.kind === 'none' ? undefined : this.#state.model;
  }

  /** Whether this program runs in a container beside the services, which it calls by their names. */
  get isBeside(): boolean {
    return this.#cli.siblings !== undefined || (this.#state.kind === 'unavailable' && this.#world.isInContainer);
  }

  workOn(service: string): ComposeWork | undefined {
    return this.#work.get(service);
  }

  /** Why a service did not start when it was last asked to. */
  failureOf(service: string): string | undefined {
    return this.#failures.get(service);
  }

  containersOf(service: string): readonly ComposeContainer[] {
    return this.#state.kind === 'known' ? this.#state.containers.filter((each) => each.service === service) : [];
  }

  isRunning(service: string): boolean {
    return this.containersOf(service).some(({ state }) => state === 'running');
  }

  /** Says which files and which tool from now on. */
  configure(place: ComposePlace | undefined, command: ComposeCommandName | undefined): void {
    if (this.#cli.configure(place, command)) {
      this.#failures.clear();
      this.#events?.dispose();
      this.#events = undefined;
    }
    const model = place === undefined ? undefined : this.#modelOfFiles(place);
    this.#set(model === undefined ? { kind: 'none' } : { kind: 'unknown', model });
  }

  /** Asks the engine what runs, unless its events have told of every change since it was last asked. */
  async refresh(): Promise<void> {
    if (this.#state.kind !== 'known' || this.#events === undefined) {
      await this.look();
    }
  }

  /** Asks the engine what runs. What goes wrong is in the state. */
  async look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      this.#lookAgain();
    });
    await this.#looking;
  }

  /**
   * Starts services with what they depend on, all for an empty list, and settles when each is up. Where one does not come up, what this has started is taken down
   * again and the `UserError` says which, why and what to do. Rejects with the signal's reason when it is cancelled, after the same.
   * `ready` is waited for before containers are told where the hub is; what needs no hub is done meanwhile.
   */
  async up(services: readonly string[], signal?: AbortSignal, ready?: Promise<unknown>): Promise<void> {
    await this.#bring(services, { verb: 'up', services }, 'starting', { signal, ready });
  }

  async rebuild(service: string, signal?: AbortSignal): Promise<void> {
    const verb = { verb: 'up', services: [service], isAlone: true, isRebuilt: true, isRecreated: true } as const;
    await this.#bring([service], verb, 'rebuilding', { signal });
  }

  /** A new container with today's environment: `compose restart` would keep the old one. */
  async restart(service: string, signal?: AbortSignal): Promise<void> {
    const verb = { verb: 'up', services: [service], isAlone: true, isRecreated: true } as const;
    await this.#bring([service], verb, 'starting', { signal });
  }

  /** Stops services, all for an empty list; their containers stay, with what is in them. */
  async stop(services: readonly string[], signal?: AbortSignal): Promise<void> {
    await this.#cli.requireTool(signal);
    const names = services.length > 0 ? services : (this.model?.services.map(({ name }) => name) ?? []);
    await this.#during(names, 'stopping', async () => {
      try {
        await this.#cli.run({ verb: 'stop', services }, signal);
      } finally {
        await this.look();
      }
    });
  }

  /** For a terminal that shows what a service prints. */
  async logsCommand(service: string): Promise<ComposeCommandLine> {
    return await this.#cli.commandLine({ verb: 'logs', service, tail: 200, isFollowed: true });
  }

  /** What a service prints, from its newest lines on, until this is disposed or its container ends. */
  followLogs(service: string, on: { line(text: string): void; end(): void }): Disposer | undefined {
    return this.#state.kind === 'known'
      ? this.#cli.follow(this.#state.tool, { verb: 'logs', service, tail: 200, isFollowed: true }, on)
      : undefined;
  }

  async #bring(
    services: readonly string[],
    verb: ComposeVerb,
    work: ComposeWork,
    { signal, ready }: { readonly signal?: AbortSignal | undefined; readonly ready?: Promise<unknown> | undefined },
  ): Promise<void> {
    const done = this.#last.catch(() => undefined).then(() => this.#bringNow(services, verb, work, { signal, ready }));
    this.#last = done;
    // Whoever is awaited first, the other's failure is nobody's surprise.
    ready?.catch(() => undefined);
    await done;
  }

  async #bringNow(
    services: readonly string[],
    verb: ComposeVerb,
    work: ComposeWork,
    { signal, ready }: { readonly signal?: AbortSignal | undefined; readonly ready?: Promise<unknown> | undefined },
  ): Promise<void> {
    const tool = await this.#cli.requireTool(signal);
    if (this.#cli.siblings !== undefined) {
      await ready;
      await this.#bringSiblings(services, verb, work, signal);
      return;
    }
    const files = this.model;
    const [loaded, before] = await Promise.all([this.#cli.loadModel(signal), this.#cli.containers(), ready]);
    const model = { ...loaded, ...(files?.version !== undefined && { version: files.version }) };
    await this.#cli.instrument(model);
    this.#watch(tool);
    const isAlone = verb.verb === 'up' && verb.isAlone === true;
    const names = isAlone ? services : withDependencies(model, services);
    await this.#during(names, work, async () => {
      names.forEach((name) => this.#failures.delete(name));
      try {
        await this.#cli.run(verb, signal);
        const containers = await untilUp(
          { model, names, asked: services, isPodman: tool.isPodman },
          this.#surroundings(),
          signal,
        );
        this.#set({ kind: 'known', model: this.model ?? model, tool, containers });
      } catch (error) {
        (await failuresOf(this.#cli, names, error)).forEach((message, name) => this.#failures.set(name, message));
        await undo(this.#cli, before, names);
        await this.look();
        throw error;
      }
    });
  }

  /** From inside a container of the project, its services are started or restarted as they were made. */
  async #bringSiblings(
    services: readonly string[],
    wanted: ComposeVerb,
    work: ComposeWork,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (work === 'rebuilding') {
      throw new UserError(
        'This is one of the containers of the project, where its files have other paths: rebuild it from outside, by "Dev Containers: Rebuild Container".',
      );
    }
    const verb = wanted.verb === 'up' && wanted.isRecreated === true ? 'restart' : 'start';
    await this.#during(services, work, async () => {
      try {
        await this.#cli.run({ verb, services }, signal);
      } finally {
        await this.look();
      }
    });
  }

  #surroundings() {
    return {
      containers: () => {
        this.#hasMissed = false;
        return this.#cli.containers();
      },
      changeOr: async (millis: number) => {
        const change = Promise.withResolvers<undefined>();
        const subscription = this.#told.event(() => change.resolve(undefined));
        await Promise.race([change.promise, this.#world.sleep(millis)]).finally(() => subscription.dispose());
      },
      now: () => this.#world.now(),
    };
  }

  async #during(names: readonly string[], work: ComposeWork, doIt: () => Promise<void>): Promise<void> {
    names.forEach((name) => this.#work.set(name, work));
    this.#changed.fire();
    try {
      await doIt();
    } finally {
      names.forEach((name) => this.#work.delete(name));
      this.#changed.fire();
      this.#lookAgain();
    }
  }

  async #look(): Promise<void> {
    const { place } = this;
    const model = place && this.#modelOfFiles(place);
    if (place === undefined || model === undefined) {
      this.#set({ kind: 'none' });
      return;
    }
    const tool = await this.#cli.findTool();
    if (tool === undefined) {
      const message = describeComposeFailure({ code: undefined, output: '' });
      this.#set({ kind: 'unavailable', message, model, answering: await this.#answering(model) });
      return;
    }
    try {
      this.#watch(tool);
      this.#hasMissed = false;
      const containers = await this.#cli.containers();
      this.#set({ kind: 'known', model, tool, containers });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#set({ kind: 'unavailable', message, model, answering: await this.#answering(model) });
    }
  }

  /** Beside the services, their names lead to them; outside, the ports that they publish. */
  async #answering({ services }: ComposeModel): Promise<readonly string[]> {
    const { isInContainer } = this.#world;
    const asked = services.map(async ({ name, ports }) => {
      const tcp = ports.filter(({ protocol }) => protocol === 'tcp');
      const answers = tcp.map(({ target, published }) =>
        isInContainer
          ? this.#world.answers(name, target)
          : published === undefined
            ? Promise.resolve(false)
            : this.#world.answers('127.0.0.1', published),
      );
      return (await Promise.all(answers)).includes(true) ? [name] : [];
    });
    return (await Promise.all(asked)).flat();
  }

  /** Follows the engine's events; each that matters is a reason to ask it again. */
  #watch(tool: ComposeTool): void {
    if (this.#events !== undefined || this.isDisposed) {
      return;
    }
    const since = Math.floor(this.#world.now() / 1_000) - 1;
    this.#events = this.#cli.follow(
      tool,
      { verb: 'events', since },
      { line: (text) => isChange(text) && this.#onChange(), end: () => (this.#events = undefined) },
    );
  }

  #onChange(): void {
    this.#told.fire();
    this.#hasMissed = true;
    this.#lookAgain();
  }

  /** What is under way asks by itself, and what was asked may have been answered a moment too early. */
  #lookAgain(): void {
    if (this.#hasMissed && this.#work.size === 0 && this.#looking === undefined && !this.isDisposed) {
      void this.look();
    }
  }

  /** What the files say by themselves, without a tool; one that cannot be read says nothing, and the tool says why when it is asked to start. */
  #modelOfFiles({ files }: ComposePlace): ComposeModel | undefined {
    const models = files.flatMap((file) => {
      try {
        return parseComposeModel(this.#world.readFile(file) ?? '');
      } catch {
        // Half-written in the editor, perhaps.
        return [];
      }
    });
    const services = new Map(models.flatMap((model) => model.services).map((service) => [service.name, service]));
    models
      .flatMap((model) => model.services)
      .toReversed()
      .forEach((service) => services.set(service.name, service));
    return { ...models[0], services: [...services.values()] };
  }

  #set(state: ComposeState): void {
    const isSame = JSON.stringify(state) === JSON.stringify(this.#state);
    this.#state = state;
    if (!isSame) {
      this.#changed.fire();
    }
  }
}
