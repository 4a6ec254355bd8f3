import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { parse } from 'yaml';
import { Disposable, Emitter } from '../lifetime.ts';
import { composeFilesIn, xrayDaemonIn, type ComposeModel } from '../services/composeFile.ts';
import { composeDaemonRun, daemonAddress, findDaemonService } from '../services/composeXRayDaemon.ts';
import { containerHostNames, hubForContainers, type HubForContainers } from '../services/composeHub.ts';
import { answers, ownProject } from '../services/composeSurroundings.ts';
import { servicesToInstrument, type ComposeOverride } from '../services/composeOverride.ts';
import { followProgram, runProgram } from '../services/composeProgram.ts';
import type { ComposePlace } from '../services/composeCli.ts';
import { ComposeProject } from '../services/composeProject.ts';
import type { ComposeSnapshot } from '../services/composeRows.ts';
import { listensBeyondLoopback } from '../services/hubReach.ts';
import type { HubSession } from '../services/hubSession.ts';
import type { RunningHub } from '../services/hubState.ts';
import type { ComposeTool } from '../services/composeTool.ts';
import { readTextFile } from '../services/textFile.ts';
import { takenPortOf, type TakenPort } from '../services/takenPort.ts';
import { UserError } from '../userError.ts';
import type { XRayDaemon, XRayDaemonContainers } from '../services/xrayDaemon.ts';
import type { XRayDaemonService } from '../services/xrayDaemonChoice.ts';
import type { HubEnvironment } from './environment.ts';
import type { ServiceChoices } from './serviceChoices.ts';
import { getSetting, onDidChangeSetting } from './settings.ts';

export interface ComposeParts {
  readonly session: HubSession;
  readonly choices: ServiceChoices;
  /** Where overrides are kept; absent in a window without a folder. */
  readonly storage: vscode.Uri | undefined;
  /** Made after this. */
  readonly environment: () => HubEnvironment;
  readonly xrayDaemon: () => XRayDaemon;
}

const composeSettings = ['sightline.compose.file', 'sightline.compose.command', 'sightline.compose.services'] as const;

/** The compose project of a window's first folder that has a compose file, pointed at the hub. */
export class ComposeServices extends Disposable {
  readonly #changed = this.register(new Emitter<void>());
  readonly onDidChange = this.#changed.event;
  readonly project: ComposeProject;
  readonly #parts: ComposeParts;
  readonly #output = this.register(vscode.window.createOutputChannel('Sightline Compose'));
  #engineSystem: Promise<string> | undefined;
  #sibling: Promise<boolean> | undefined;
  #stale: ReadonlySet<string> = new Set();

  constructor(parts: ComposeParts) {
    super();
    this.#parts = parts;
    this.project = this.register(
      new ComposeProject({
        run: runProgram,
        follow: followProgram,
        readFile: readTextFile,
        writeOverride: (place, text) => this.#writeOverride(place, text),
        instrument: (model, tool) => this.#instrument(model, tool),
        answers,
        takenPort: (port) => this.#takenPort(port),
        isInContainer,
        ownProject,
        sleep: (millis) => sleep(millis),
        now: () => Date.now(),
      }),
    );
    this.register(this.project.onOutput((text) => this.#output.append(text)));
    this.register(this.project.onDidChange(() => void this.#note()));
    this.register(onDidChangeSetting([...composeSettings], () => this.configure()));
    const watcher = this.register(vscode.workspace.createFileSystemWatcher('**/{compose,docker-compose}*.{yml,yaml}'));
    for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) {
      this.register(event(() => this.configure()));
    }
  }

  /** Reads settings and folders anew, and asks the engine where there is a compose file. */
  configure(): void {
    this.project.configure(findPlace(), getSetting('sightline.compose.command') ?? undefined);
    if (vscode.workspace.isTrusted) {
      void this.project.look();
    }
  }

  /** Whether what this window starts is run by compose. */
  get isWanted(): boolean {
    return this.isBackend || this.#daemon !== undefined;
  }

  /** Whether the backend is. */
  get isBackend(): boolean {
    return getSetting('sightline.startWith') === 'compose' || this.#backendService() !== undefined;
  }

  /** The service that is the X-Ray daemon of this window's programs. */
  get #daemon(): string | undefined {
    const { choice } = this.#parts.xrayDaemon();
    return choice?.kind === 'compose' ? choice.service : undefined;
  }

  /** What the daemon among the services does for the window's choice of a daemon. */
  get daemons(): XRayDaemonContainers & {
    find(): Promise<XRayDaemonService | undefined>;
    publishes(port: number): boolean;
  } {
    const { project } = this;
    return {
      onDidChange: project.onDidChange,
      find: () => findDaemonService(project, project.place?.label ?? ''),
      publishes: (port) =>
        project.model?.services.some(({ ports }) => ports.some(({ published }) => published === port)) === true,
      addressOf: (service, endpoint) => daemonAddress(project, service, endpoint),
      attach: (service) => composeDaemonRun(project, service),
      start: (service, signal) => this.up([service], signal),
    };
  }

  /** What a hub is told that containers of this machine's engine are to reach. */
  get listenOptions(): readonly string[] {
    const isLinux = process.platform === 'linux';
    // Beside other containers, this one's own name is what they call.
    const names = isInContainer ? [...containerHostNames, hostname()] : containerHostNames;
    return this.isWanted && isLinux ? ['--host', '0.0.0.0', ...names.flatMap((name) => ['--allow-host', name])] : [];
  }

  /** Starts services, all for an empty list, with the X-Ray daemon that they send to, once containers can reach the hub. */
  async up(services: readonly string[], signal?: AbortSignal): Promise<void> {
    const hub = this.#reachableHub(signal);
    // Until it is waited for: the files are read while the hub starts.
    hub.catch(() => undefined);
    const daemon = services.length === 0 ? undefined : await this.#daemonToStart();
    const names = daemon === undefined ? services : [...new Set([...services, daemon])];
    await this.project.up(names, signal, hub);
  }

  async #daemonToStart(): Promise<string | undefined> {
    const { model, isBeside } = this.project;
    const isThere = model !== undefined && xrayDaemonIn(model) !== undefined;
    const daemon = isThere && (await this.#parts.xrayDaemon().isWanted()) ? this.#daemon : undefined;
    return daemon !== undefined && isBeside && this.project.isRunning(daemon) ? undefined : daemon;
  }

  async restart(service: string, signal?: AbortSignal): Promise<void> {
    await this.#reachableHub(signal);
    await this.project.restart(service, signal);
  }

  async rebuild(service: string, signal?: AbortSignal): Promise<void> {
    await this.#reachableHub(signal);
    await this.project.rebuild(service, signal);
  }

  showOutput(): void {
    this.#output.show(true);
  }

  /** Shows what a service prints, in a terminal of its own. */
  async showLogs(service: string): Promise<void> {
    const { program, args } = await this.project.logsCommand(service);
    const name = `Sightline: ${service}`;
    vscode.window.terminals.find((terminal) => terminal.name === name)?.dispose();
    const cwd = this.project.place?.folder;
    const options = { name, shellPath: program, shellArgs: [...args], iconPath: new vscode.ThemeIcon('output') };
    vscode.window.createTerminal({ ...options, ...(cwd !== undefined && { cwd }) }).show(true);
  }

  snapshot(): ComposeSnapshot {
    return {
      state: this.project.state,
      label: this.project.place?.label ?? '',
      work: (service) => this.project.workOn(service),
      failure: (service) => this.project.failureOf(service),
      stale: this.#stale,
      isInContainer,
    };
  }

  /** A hub that containers cannot reach, or that holds the port of their daemon, is started anew; it is shared, so a person is asked before. */
  async #reachableHub(signal: AbortSignal | undefined): Promise<void> {
    const { session } = this.#parts;
    const hub = await session.start(signal);
    const problem = await this.#problemOf(hub);
    if (problem === undefined) {
      return;
    }
    const answer =
      hub.origin === 'started' && this.isWanted
        ? restart
        : await vscode.window.showWarningMessage(
            problem,
            {
              modal: true,
              detail:
                'Restarted, it listens on all addresses of this machine and asks for credentials before it lets anybody read. What it has stored stays.',
            },
            restart,
          );
    if (answer !== restart) {
      throw new vscode.CancellationError();
    }
    await session.stop();
    const still = await this.#problemOf(await session.start(signal));
    if (still !== undefined) {
      throw new UserError(
        `${still} It was started anew, and this is still so: another window may have started it. Stop it there, and start again here.`,
      );
    }
  }

  async #problemOf(hub: RunningHub): Promise<string | undefined> {
    const seen = await this.#seen();
    if (seen?.isBeyondLoopback === true && !(await listensBeyondLoopback(hub.endpoints.api))) {
      return 'The hub listens on this machine alone, where containers cannot reach it.';
    }
    const daemon = hub.endpoints.xrayUdp === undefined ? undefined : await this.#daemonToStart();
    return daemon === undefined
      ? undefined
      : `The hub takes X-Ray segments itself, on the port that the service ${daemon} of the compose file is to have.`;
  }

  async #seen(): Promise<HubForContainers | undefined> {
    const { hub } = this.#parts.session;
    const { state } = this.project;
    if (hub === undefined) {
      return undefined;
    }
    const engine = state.kind === 'known' ? state.tool.engine : 'docker';
    const isPodman = state.kind === 'known' && state.tool.isPodman;
    return hubForContainers({
      endpoints: hub.endpoints,
      engine: isPodman ? 'podman' : 'docker',
      platform: process.platform,
      engineSystem: await this.#systemOf(engine),
      ...((await this.#isSibling(engine)) && { ownContainer: hostname() }),
    });
  }

  /** Whether this program's container is one of the engine's: an engine inside of this container has its own bridge instead. */
  #isSibling(engine: 'docker' | 'podman'): Promise<boolean> {
    const line = { program: engine, args: ['inspect', '--format', '{{.Id}}', hostname()] };
    this.#sibling ??= isInContainer
      ? runProgram(line, { folder: '/' }).then(({ code }) => code === 0)
      : Promise.resolve(false);
    return this.#sibling;
  }

  #systemOf(engine: 'docker' | 'podman'): Promise<string> {
    const line = { program: engine, args: ['info', '--format', '{{.OperatingSystem}}'] };
    this.#engineSystem ??=
      engine === 'podman' || process.platform !== 'linux'
        ? Promise.resolve('')
        : runProgram(line, { folder: '/' }).then(({ stdout }) => stdout);
    return this.#engineSystem;
  }

  async #instrument(
    model: ComposeModel,
    _tool: ComposeTool,
  ): Promise<Omit<ComposeOverride, 'model' | 'isVersionNeeded'>> {
    const seen = await this.#seen();
    if (seen === undefined) {
      return { environment: {} };
    }
    const backend = this.#backendService();
    const daemon = xrayDaemonIn(model)?.name;
    const also = [backend, daemon].filter((name) => name !== undefined);
    const named = getSetting('sightline.compose.services') ?? undefined;
    const environment = this.#parts.environment();
    const isDaemonUsed = daemon !== undefined && getSetting('sightline.xray.daemon') !== 'embedded';
    const entries = servicesToInstrument(model, named, also).map((name) => {
      const recipient = name === daemon ? 'daemon' : name === backend ? 'backend' : name;
      const address = isDaemonUsed ? `${daemon}:2000` : undefined;
      return [name, environment.forContainer(seen.endpoints, recipient, address)] as const;
    });
    return {
      environment: Object.fromEntries(entries),
      ...(seen.addedHost !== undefined && { hostName: seen.addedHost }),
    };
  }

  /** From inside a container the engine's ports are another machine's. */
  #takenPort(port: number): TakenPort | undefined {
    const { model, place } = this.project;
    const { hub } = this.#parts.session;
    const isEmbedded = getSetting('sightline.xray.daemon') === 'embedded';
    return model === undefined || hub === undefined || isInContainer
      ? undefined
      : takenPortOf(port, { model, file: place?.label ?? '', endpoints: hub.endpoints, isEmbedded });
  }

  #backendService(): string | undefined {
    const choice = this.#parts.choices.get('backend');
    return choice.kind === 'given' && choice.definition.kind === 'compose' ? choice.definition.name : undefined;
  }

  #overrideOf({ folder }: ComposePlace): string | undefined {
    const { storage } = this.#parts;
    const name = createHash('sha256').update(folder).digest('hex').slice(0, 12);
    return storage && path.join(storage.fsPath, `compose.${name}.yaml`);
  }

  #writeOverride(place: ComposePlace, text: string): string {
    const file = this.#overrideOf(place);
    if (file === undefined) {
      throw new UserError('There is no place to keep the environment of containers: open a folder first.');
    }
    mkdirSync(path.dirname(file), { recursive: true });
    // The key pair of the hub is in it.
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  /** Works out which services were given something else than they would get now. */
  async #note(): Promise<void> {
    const { state, place } = this.project;
    const file = place && this.#overrideOf(place);
    const written = file === undefined ? undefined : readTextFile(file);
    if (state.kind === 'known' && written !== undefined && this.#parts.session.hub !== undefined) {
      const { environment } = await this.#instrument(state.model, state.tool);
      this.#stale = staleServices(written, environment);
    } else {
      this.#stale = new Set();
    }
    this.#changed.fire();
  }
}

const restart = 'Restart Hub';

const isInContainer =
  existsSync('/.dockerenv') || existsSync('/run/.containerenv') || process.env['CODESPACES'] === 'true';

/** The compose file that the setting names, else the first folder's that has one. */
function findPlace(): ComposePlace | undefined {
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    const named = getSetting('sightline.compose.file', uri);
    const files = named === null ? composeFilesIn(namesIn(uri.fsPath)) : [named];
    const [first] = files ?? [];
    if (files !== undefined && first !== undefined) {
      const whole = files.map((file) => path.resolve(uri.fsPath, file));
      return { folder: path.dirname(path.resolve(uri.fsPath, first)), files: whole, label: first };
    }
  }
  return undefined;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // A folder that is gone has no compose file.
    return [];
  }
}

/** A variable that differs counts; one that is no longer given is no reason to make a container anew. */
function staleServices(
  written: string,
  now: Readonly<Record<string, Readonly<Record<string, string>>>>,
): ReadonlySet<string> {
  const { services } = parse(written) as { services?: Record<string, { environment?: Record<string, string> }> };
  const stale = Object.entries(services ?? {}).filter(([name, { environment = {} }]) =>
    Object.entries(environment).some(([variable, value]) => {
      const today = now[name]?.[variable];
      return today !== undefined && today.replaceAll('$', '$$$$') !== value;
    }),
  );
  return new Set(stale.map(([name]) => name));
}
