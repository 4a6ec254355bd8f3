import type { Disposer } from '../lifetime.ts';
import { UserError } from '../userError.ts';
import { parseContainers, parseIds, type ComposeContainer } from './composeContainers.ts';
import { describeComposeFailure, takenPortIn } from './composeFailure.ts';
import { parseComposeModel, type ComposeModel } from './composeFile.ts';
import { renderComposeOverride, type ComposeOverride } from './composeOverride.ts';
import type { ProgramOptions, ProgramRun } from './composeProgram.ts';
import { composeFailure } from './composeStart.ts';
import {
  composeCommandLine,
  engineQuestion,
  inspectCommandLine,
  parseTool,
  versionQuestions,
  type ComposeCommandLine,
  type ComposeCommandName,
  type ComposeTarget,
  type ComposeTool,
  type ComposeVerb,
} from './composeTool.ts';
import type { TakenPort } from './takenPort.ts';

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
  /** Why a port that the project's files publish is taken, where that is Sightline's doing. */
  takenPort(port: number): TakenPort | undefined;
  /** Whether this program runs in a container, beside the services. */
  readonly isInContainer: boolean;
  /** The compose project that this program's own container belongs to. */
  ownProject(tool: ComposeTool): Promise<string | undefined>;
  sleep(millis: number): Promise<void>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** The compose tool of this machine, on the files of one place. */
export class ComposeCli {
  readonly #world: ComposeWorld;
  readonly #written: (text: string) => void;
  #place: ComposePlace | undefined;
  #wanted: ComposeCommandName | undefined;
  #tool: ComposeTool | undefined;
  #override: string | undefined;
  #siblings: string | undefined;

  /** `written` takes what the tool prints, and the command lines that it is given. */
  constructor(world: ComposeWorld, written: (text: string) => void) {
    this.#world = world;
    this.#written = written;
  }

  get place(): ComposePlace | undefined {
    return this.#place;
  }

  /** The project whose containers are beside this one. Their files are known by other paths here, so that nothing can be made anew. */
  get siblings(): string | undefined {
    return this.#siblings;
  }

  /** Answers whether this is another place or tool than before. */
  configure(place: ComposePlace | undefined, command: ComposeCommandName | undefined): boolean {
    if (JSON.stringify([place, command]) === JSON.stringify([this.#place, this.#wanted])) {
      return false;
    }
    this.#place = place;
    this.#wanted = command;
    this.#tool = undefined;
    this.#siblings = undefined;
    this.#override = undefined;
    return true;
  }

  async findTool(signal?: AbortSignal): Promise<ComposeTool | undefined> {
    const { folder } = this.#requirePlace();
    for (const question of this.#tool === undefined ? versionQuestions(this.#wanted) : []) {
      const { code, stdout } = await this.#world.run(question, { folder, ...(signal !== undefined && { signal }) });
      const tool = code === 0 ? parseTool(question, stdout) : undefined;
      if (tool !== undefined) {
        const isPodman = tool.isPodman || (await this.#isPodmanBehind());
        this.#tool ??= { ...tool, isPodman };
        this.#siblings = this.#world.isInContainer ? await this.#world.ownProject(this.#tool) : undefined;
        break;
      }
    }
    return this.#tool;
  }

  async #isPodmanBehind(): Promise<boolean> {
    const { stdout } = await this.#world.run(engineQuestion, { folder: this.#requirePlace().folder });
    return stdout.includes('Podman');
  }

  /** Throws a `UserError` that says what is missing. */
  async requireTool(signal?: AbortSignal): Promise<ComposeTool> {
    const tool = await this.findTool(signal);
    if (tool === undefined) {
      throw new UserError(describeComposeFailure({ code: undefined, output: '' }), { actions: [openSetting] });
    }
    return tool;
  }

  /** Rejects with a `UserError` where the tool fails, in words. */
  async run(verb: ComposeVerb, signal?: AbortSignal, { isQuiet = false } = {}): Promise<ProgramRun> {
    const run = await this.attempt(verb, signal, { isQuiet });
    if (run.code !== 0) {
      throw this.#failure(run);
    }
    return run;
  }

  #failure(run: ProgramRun): UserError {
    const port = takenPortIn(run);
    const ours = port === undefined ? undefined : this.#world.takenPort(port);
    return ours === undefined
      ? composeFailure(describeComposeFailure(run))
      : composeFailure(ours.sentence, { actions: [{ ...openSetting, arguments: [ours.setting] }] });
  }

  /** The same, for what may fail. */
  async attempt(verb: ComposeVerb, signal?: AbortSignal, { isQuiet = false } = {}): Promise<ProgramRun> {
    const line = await this.commandLine(verb, signal);
    if (!isQuiet) {
      this.#written(`> ${[line.program, ...line.args].join(' ')}\n`);
    }
    return await this.#world.run(line, {
      folder: this.#requirePlace().folder,
      ...(signal !== undefined && { signal }),
      ...(!isQuiet && { onText: this.#written }),
    });
  }

  async commandLine(verb: ComposeVerb, signal?: AbortSignal): Promise<ComposeCommandLine> {
    return composeCommandLine(await this.requireTool(signal), this.#target(), verb);
  }

  /** A program that goes on, a line at a time; `end` is called once it has ended by itself. */
  follow(tool: ComposeTool, verb: ComposeVerb, on: { line(text: string): void; end(): void }): Disposer {
    return this.#world.follow(composeCommandLine(tool, this.#target(), verb), this.#requirePlace().folder, on);
  }

  async containers(): Promise<readonly ComposeContainer[]> {
    const tool = await this.requireTool();
    const { stdout } = await this.run({ verb: 'ps' }, undefined, { isQuiet: true });
    if (tool.kind !== 'v1') {
      return parseContainers(stdout);
    }
    const ids = parseIds(stdout);
    const { folder } = this.#requirePlace();
    return ids.length === 0
      ? []
      : parseContainers((await this.#world.run(inspectCommandLine(tool, ids), { folder })).stdout);
  }

  /** What the tool makes of the files: places filled in, several files one. Throws a `UserError` where it cannot understand them. */
  async loadModel(signal?: AbortSignal): Promise<ComposeModel> {
    this.#override = undefined;
    const { stdout } = await this.run({ verb: 'config' }, signal, { isQuiet: true });
    return parseComposeModel(stdout);
  }

  /** Writes the override of what the services are to be given now; what is started from here on gets it. */
  async instrument(model: ComposeModel): Promise<void> {
    const tool = await this.requireTool();
    const override = { ...(await this.#world.instrument(model, tool)), model, isVersionNeeded: tool.kind === 'v1' };
    this.#override = this.#world.writeOverride(this.#requirePlace(), renderComposeOverride(override));
  }

  #requirePlace(): ComposePlace {
    if (this.#place === undefined) {
      throw new UserError('This folder has no compose file.');
    }
    return this.#place;
  }

  #target(): ComposeTarget {
    const { files, folder } = this.#requirePlace();
    if (this.#siblings !== undefined) {
      return { kind: 'project', name: this.#siblings };
    }
    return { kind: 'files', files, folder, ...(this.#override !== undefined && { override: this.#override }) };
  }
}

const openSetting = {
  label: 'Open Setting',
  command: 'workbench.action.openSettings',
  arguments: ['sightline.startWith'],
} as const;
