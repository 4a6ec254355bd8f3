import { Disposable, Emitter, type Disposer } from '../lifetime.ts';
import { UserError } from '../userError.ts';
import { isChange, parseContainers, parseIds, type ComposeContainer } from './composeContainers.ts';
import { diagnoseDaemonLog } from './composeDiagnosis.ts';
import { describeComposeFailure } from './composeFailure.ts';
import { parseComposeModel, withDependencies, type ComposeModel } from './composeFile.ts';
import { renderComposeOverride, type ComposeOverride } from './composeOverride.ts';
import type { ProgramOptions, ProgramRun } from './composeProgram.ts';
import { verdictOn } from './composeReadiness.ts';
import {
  composeCommandLine,
  inspectCommandLine,
  parseTool,
  versionQuestions,
  type ComposeCommandLine,
  type ComposeCommandName,
  type ComposeTarget,
  type ComposeTool,
  type ComposeVerb,
} from './composeTool.ts';

/** A compose project of a folder. */
export interface ComposePlace {
  /** Where the first file is, by which compose names the project. */
  readonly folder: string;
  /** Absolute. */
  readonly files: readonly string[];
  /** For a person: `compose.yaml`. */
  readonly label: string;
}

/** What a project needs of the world. */
export interface ComposeWorld {
  run(line: ComposeCommandLine, options: ProgramOptions): Promise<ProgramRun>;
  follow(line: ComposeCommandLine, folder: string, on: { line(text: string): void; end(): void }): Disposer;
  readFile(file: string): string | undefined;
  /** Keeps the override of a place in a file of ours, and says where. */
  writeOverride(place: ComposePlace, text: string): string;
  /** What the services of a project are to be given. */
  instrument(model: ComposeModel, tool: ComposeTool): Promise<Omit<ComposeOverride, 'model' | 'isVersionNeeded'>>;
  /** Whether something answers there. Asked only where no engine can be. */
  answers(host: string, port: number): Promise<boolean>;
  /** Whether this program runs in a container, beside the services. */
  readonly isInContainer: boolean;
  /** The compose project that this program's own container belongs to. */
  ownProject(tool: ComposeTool): Promise<string | undefined>;
  sleep(millis: number): Promise<void>;
  now(): number;
}

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

const tick = 250;
/** How long a service may take from its container's start to its health check's first success. */
const healthyMillis = 90_000;

/** The services of a folder's compose file: started with an override that points them at the hub, told apart by what the engine says of them. */
export class ComposeProject extends Disposable {
  readonly #changed = this.register(new Emitter<void>());
  readonly #written = this.register(new Emitter<string>());
  readonly onDidChange = this.#changed.event;
  /** What the tool prints, and the command lines that it was given. */
  readonly onOutput = this.#written.event;
  readonly #world: ComposeWorld;
  #place: ComposePlace | undefined;
  #wanted: ComposeCommandName | undefined;
  #state: ComposeState = { kind: 'none' };
  #tool: ComposeTool | undefined;
  #override: string | undefined;
  /** Of the containers beside this one. Their files are known by other paths here, so that nothing can be made anew. */
  #siblings: string | undefined;
  readonly #work = new Map<string, ComposeWork>();
  readonly #failures = new Map<string, string>();
  #events: Disposer | undefined;
  #looking: Promise<void> | undefined;

  constructor(world: ComposeWorld) {
    super();
    this.#world = world;
    this.register({ dispose: () => this.#events?.dispose() });
  }

  get state(): ComposeState {
    return this.#state;
  }

  get place(): ComposePlace | undefined {
    return this.#place;
  }

  get model(): ComposeModel | undefined {
    return this.#state.kind === 'none' ? undefined : this.#state.model;
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
    if (JSON.stringify([place, command]) !== JSON.stringify([this.#place, this.#wanted])) {
      this.#place = place;
      this.#wanted = command;
      this.#tool = undefined;
      this.#siblings = undefined;
      this.#override = undefined;
      this.#failures.clear();
      this.#events?.dispose();
      this.#events = undefined;
    }
    const model = place === undefined ? undefined : this.#modelOfFiles(place);
    this.#set(model === undefined ? { kind: 'none' } : { kind: 'unknown', model });
  }

  /** Asks the engine what runs. What goes wrong is in the state. */
  async look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    await this.#looking;
  }

  /**
   * Starts services with what they depend on, all for an empty list, and settles when each is up. Where one does not come up, what this has started is taken down
   * again and the `UserError` says which, why and what to do. Rejects with the signal's reason when it is cancelled, after the same.
   */
  async up(services: readonly string[], signal?: AbortSignal): Promise<void> {
    await this.#bring(services, { verb: 'up', services }, 'starting', signal);
  }

  async rebuild(service: string, signal?: AbortSignal): Promise<void> {
    const verb = { verb: 'up', services: [service], isAlone: true, isRebuilt: true, isRecreated: true } as const;
    await this.#bring([service], verb, 'rebuilding', signal);
  }

  /** A new container with today's environment: `compose restart` would keep the old one. */
  async restart(service: string, signal?: AbortSignal): Promise<void> {
    const verb = { verb: 'up', services: [service], isAlone: true, isRecreated: true } as const;
    await this.#bring([service], verb, 'starting', signal);
  }

  /** Stops services, all for an empty list; their containers stay, with what is in them. */
  async stop(services: readonly string[], signal?: AbortSignal): Promise<void> {
    const { tool, model } = await this.#ready();
    const names = services.length > 0 ? services : model.services.map(({ name }) => name);
    await this.#during(names, 'stopping', async () => {
      this.#succeeded(await this.#run(tool, { verb: 'stop', services }, signal));
    });
  }

  /** For a terminal that shows what a service prints. */
  async logsCommand(service: string): Promise<ComposeCommandLine> {
    const { tool } = await this.#ready();
    return composeCommandLine(tool, this.#target(), { verb: 'logs', service, tail: 200, isFollowed: true });
  }

  async #bring(
    services: readonly string[],
    verb: ComposeVerb,
    work: ComposeWork,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { tool, model: known } = await this.#ready(signal);
    if (this.#siblings !== undefined) {
      await this.#bringSiblings(tool, services, work, signal);
      return;
    }
    const model = await this.#prepare(tool, signal, known);
    const before = await this.#containers(tool);
    const isAlone = verb.verb === 'up' && verb.isAlone === true;
    const names = isAlone ? services : withDependencies(model, services);
    await this.#during(names, work, async () => {
      names.forEach((name) => this.#failures.delete(name));
      try {
        this.#succeeded(await this.#run(tool, verb, signal));
        await this.#untilUp({ tool, model, names, asked: services }, signal);
      } catch (error) {
        await this.#noteFailure(tool, names, error);
        await this.#undo(tool, before, names);
        throw error;
      }
    });
    this.#watch(tool);
  }

  /** From inside a container of the project, its services are started or restarted as they were made. */
  async #bringSiblings(
    tool: ComposeTool,
    services: readonly string[],
    work: ComposeWork,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (work === 'rebuilding') {
      throw new UserError(
        'This is one of the containers of the project, where its files have other paths: rebuild it from outside, by "Dev Containers: Rebuild Container".',
      );
    }
    const verb = services.some((name) => this.isRunning(name)) ? 'restart' : 'start';
    await this.#during(services, work, async () => {
      this.#succeeded(await this.#run(tool, { verb, services }, signal));
    });
  }

  /** Writes the override for what the project is now. Throws a `UserError` where its files cannot be understood. */
  async #prepare(tool: ComposeTool, signal: AbortSignal | undefined, files: ComposeModel): Promise<ComposeModel> {
    const place = this.#requirePlace();
    this.#override = undefined;
    const config = await this.#run(tool, { verb: 'config' }, signal, { isQuiet: true });
    this.#succeeded(config);
    const model = parseComposeModel(config.stdout);
    const whole = { ...model, ...(files.version !== undefined && { version: files.version }) };
    const override = {
      ...(await this.#world.instrument(whole, tool)),
      model: whole,
      isVersionNeeded: tool.kind === 'v1',
    };
    this.#override = this.#world.writeOverride(place, renderComposeOverride(override));
    return whole;
  }

  async #untilUp(
    wanted: { tool: ComposeTool; model: ComposeModel; names: readonly string[]; asked: readonly string[] },
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const started = this.#world.now();
    for (let steady = 0; ;) {
      signal?.throwIfAborted();
      const containers = await this.#containers(wanted.tool);
      const verdict = verdictOn(containers, wanted);
      if (verdict.kind === 'failed') {
        throw failure(verdict.message, verdict.service);
      }
      // A program that ends at once is seen running first.
      steady = verdict.kind === 'up' ? steady + 1 : 0;
      if (steady > (verdict.kind === 'up' && verdict.isProven ? 0 : 2)) {
        return;
      }
      if (verdict.kind === 'waiting' && this.#world.now() - started > healthyMillis) {
        throw failure(`${verdict.message} within ${healthyMillis / 1000} seconds`, verdict.service);
      }
      await this.#world.sleep(tick);
    }
  }

  /** The last lines of what failed go into the output before its container does. */
  async #noteFailure(tool: ComposeTool, names: readonly string[], error: unknown): Promise<void> {
    const containers = await this.#containers(tool).catch(() => []);
    const bad = containers.filter(
      ({ service, state, health }) => names.includes(service) && (state !== 'running' || health === 'unhealthy'),
    );
    const reasons = new Map<string, string>();
    for (const service of new Set(bad.map((each) => each.service))) {
      const { output } = await this.#run(tool, { verb: 'logs', service, tail: 100, isFollowed: false }, undefined);
      const told = diagnoseDaemonLog(output);
      if (told !== undefined) {
        reasons.set(service, told);
      }
    }
    const named = bad.length === 1 ? bad[0]?.service : undefined;
    const service = (error instanceof ServiceFailure ? error.service : undefined) ?? named;
    if (service !== undefined && error instanceof Error) {
      const reason = reasons.get(service);
      this.#failures.set(service, reason === undefined ? error.message : `${error.message} ${reason}`);
    }
  }

  /** Nothing half-started is left behind: what ran before goes on, what there was is stopped, what there was not is taken away. */
  async #undo(tool: ComposeTool, before: readonly ComposeContainer[], names: readonly string[]): Promise<void> {
    const running = new Set(before.filter(({ state }) => state === 'running').map(({ service }) => service));
    const existing = new Set(before.map(({ service }) => service));
    const toStop = names.filter((name) => existing.has(name) && !running.has(name));
    const toRemove = names.filter((name) => !existing.has(name));
    if (existing.size === 0) {
      // With the network, which nothing uses any more. Volumes stay.
      await this.#run(tool, { verb: 'down' }, undefined);
      return;
    }
    if (toStop.length > 0) {
      await this.#run(tool, { verb: 'stop', services: toStop }, undefined);
    }
    if (toRemove.length > 0) {
      await this.#run(tool, { verb: 'remove', services: toRemove }, undefined);
    }
  }

  async #during(names: readonly string[], work: ComposeWork, doIt: () => Promise<void>): Promise<void> {
    names.forEach((name) => this.#work.set(name, work));
    this.#changed.fire();
    try {
      await doIt();
    } finally {
      names.forEach((name) => this.#work.delete(name));
      await this.look();
      this.#changed.fire();
    }
  }

  /** The tool and the files, else a `UserError` that says what is missing. */
  async #ready(signal?: AbortSignal): Promise<{ tool: ComposeTool; model: ComposeModel }> {
    const place = this.#requirePlace();
    const tool = await this.#findTool(place, signal);
    if (tool === undefined) {
      throw new UserError(describeComposeFailure({ code: undefined, output: '' }), { actions: [openSetting] });
    }
    return { tool, model: this.model ?? { services: [] } };
  }

  #requirePlace(): ComposePlace {
    if (this.#place === undefined) {
      throw new UserError('This folder has no compose file.');
    }
    return this.#place;
  }

  async #findTool({ folder }: ComposePlace, signal?: AbortSignal): Promise<ComposeTool | undefined> {
    for (const question of this.#tool === undefined ? versionQuestions(this.#wanted) : []) {
      const { code, stdout } = await this.#world.run(question, { folder, ...(signal !== undefined && { signal }) });
      this.#tool ??= code === 0 ? parseTool(question, stdout) : undefined;
      if (this.#tool !== undefined) {
        this.#siblings = this.#world.isInContainer ? await this.#world.ownProject(this.#tool) : undefined;
        break;
      }
    }
    return this.#tool;
  }

  async #look(): Promise<void> {
    const place = this.#place;
    const model = place && this.#modelOfFiles(place);
    if (place === undefined || model === undefined) {
      this.#set({ kind: 'none' });
      return;
    }
    const tool = await this.#findTool(place);
    if (tool === undefined) {
      const message = describeComposeFailure({ code: undefined, output: '' });
      this.#set({ kind: 'unavailable', message, model, answering: await this.#answering(model) });
      return;
    }
    try {
      const containers = await this.#containers(tool);
      this.#set({ kind: 'known', model, tool, containers });
      if (containers.length > 0) {
        this.#watch(tool);
      }
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

  async #containers(tool: ComposeTool): Promise<readonly ComposeContainer[]> {
    const ps = await this.#run(tool, { verb: 'ps' }, undefined, { isQuiet: true });
    this.#succeeded(ps);
    if (tool.kind !== 'v1') {
      return parseContainers(ps.stdout);
    }
    const ids = parseIds(ps.stdout);
    const { folder } = this.#requirePlace();
    return ids.length === 0
      ? []
      : parseContainers((await this.#world.run(inspectCommandLine(tool, ids), { folder })).stdout);
  }

  /** Follows the engine's events; each that matters is a reason to ask it again. */
  #watch(tool: ComposeTool): void {
    if (this.#events !== undefined || this.isDisposed || tool.kind === 'podman') {
      return;
    }
    const line = composeCommandLine(tool, this.#target(), { verb: 'events' });
    this.#events = this.#world.follow(line, this.#requirePlace().folder, {
      line: (text) => void (isChange(text) && this.look()),
      end: () => (this.#events = undefined),
    });
  }

  async #run(
    tool: ComposeTool,
    verb: ComposeVerb,
    signal: AbortSignal | undefined,
    { isQuiet = false } = {},
  ): Promise<ProgramRun> {
    const line = composeCommandLine(tool, this.#target(), verb);
    if (!isQuiet) {
      this.#written.fire(`> ${[line.program, ...line.args].join(' ')}\n`);
    }
    return await this.#world.run(line, {
      folder: this.#requirePlace().folder,
      ...(signal !== undefined && { signal }),
      ...(!isQuiet && { onText: (text: string) => this.#written.fire(text) }),
    });
  }

  #succeeded(run: ProgramRun): void {
    if (run.code !== 0) {
      throw failure(describeComposeFailure(run));
    }
  }

  #target(): ComposeTarget {
    const { files, folder } = this.#requirePlace();
    if (this.#siblings !== undefined) {
      return { kind: 'project', name: this.#siblings };
    }
    return { kind: 'files', files, folder, ...(this.#override !== undefined && { override: this.#override }) };
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

const openSetting = {
  label: 'Open Setting',
  command: 'workbench.action.openSettings',
  arguments: ['sightline.startWith'],
} as const;

const showOutput = { label: 'Show Output', command: 'sightline.showComposeOutput' } as const;

/** A failure that is one service's. */
class ServiceFailure extends UserError {
  readonly service: string | undefined;

  constructor(message: string, service: string | undefined) {
    super(message, { actions: [showOutput] });
    this.service = service;
  }
}

function failure(message: string, service?: string): ServiceFailure {
  const sentence = message.endsWith('.') ? message : `${message}. What it started was taken down again.`;
  return new ServiceFailure(sentence, service);
}
