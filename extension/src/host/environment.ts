import { homedir } from 'node:os';
import type { Endpoints } from '@sightline/hub/client/api';
import * as vscode from 'vscode';
import { Disposable, Emitter } from '../lifetime.ts';
import { awsSurroundingsOf } from '../services/awsSurroundings.ts';
import { readTextFile } from '../services/textFile.ts';
import {
  containerEnvironment,
  environmentFor,
  environmentOf,
  servedInterfaces,
  type ContainerRole,
  type Variable,
} from '../services/environment.ts';
import { hubCredentialsOf } from '../services/hubCredentials.ts';
import type { FolderService } from '../services/folderService.ts';
import type { HubSession } from '../services/hubSession.ts';
import { withEnvironment } from '../services/launchConfiguration.ts';
import { portForwarderOf, type PortForwarder } from '../services/publicAddress.ts';
import { loadPortForwarder } from '../services/sharedPorts.ts';
import type { XRayDaemon } from '../services/xrayDaemon.ts';
import { addressOf } from '../services/xrayDaemonState.ts';
import { getSetting, onDidChangeSetting } from './settings.ts';

export interface EnvironmentSources {
  readonly session: HubSession;
  /** Where the hub keeps its data, and the key pair that it may have made. */
  readonly dataDir: string;
  readonly xrayDaemon: XRayDaemon;
  readonly database: FolderService;
  readonly backend: FolderService;
  /** Where the hub will be, as far as can be told before it answers; `undefined` while nobody wants one. */
  readonly expectedEndpoints: () => Endpoints | undefined;
}

/** What points programs at the hub, kept right while the hub, the database and the settings change, and given to those who may have it. */
export class HubEnvironment extends Disposable {
  readonly #changed = this.register(new Emitter<void>());
  readonly onDidChange = this.#changed.event;
  readonly #collection: vscode.GlobalEnvironmentVariableCollection;
  readonly #sources: EnvironmentSources;
  #variables: readonly Variable[] = [];
  #lastEndpoints: Endpoints | undefined;
  #daemonAddress: string | undefined;
  #forwarder: PortForwarder = portForwarderOf(process.env);
  #isAskingForwarder = false;
  /** What the collection holds; set again only when it differs, since the editor marks every open terminal then. */
  #applied = '{}';

  constructor(collection: vscode.GlobalEnvironmentVariableCollection, sources: EnvironmentSources) {
    super();
    this.#collection = collection;
    this.#sources = sources;
    // Invariant: first of all, and in each new window. VS Code would write the values to its disk, and give them out before we know whether they still hold.
    collection.persistent = false;
    collection.description = 'Points programs at the Sightline hub, which shows their traces.';
    this.register({ dispose: () => collection.clear() });
    this.register(sources.session.onDidChange(() => this.update()));
    this.register(sources.xrayDaemon.onDidChange(() => this.#noteDaemon()));
    this.register(sources.database.onDidChange(() => this.update()));
    this.register(sources.backend.onDidChange(() => this.#noteBackend()));
    this.register(
      onDidChangeSetting(['sightline.environment', 'sightline.serviceName', 'sightline.aws.region'], () =>
        this.update(),
      ),
    );
    this.register(vscode.workspace.onDidGrantWorkspaceTrust(() => this.update()));
    this.register(vscode.debug.registerDebugConfigurationProvider('*', new LaunchEnvironment(this)));
    this.update();
    void this.#askForwarder();
  }

  get variables(): readonly Variable[] {
    return this.#variables;
  }

  /** What a backend that Sightline starts gets, whatever the setting says of terminals. */
  forBackend(): Readonly<Record<string, string>> {
    return environmentFor('backend', this.#variables);
  }

  /** What a container gets that sees the hub at these endpoints, and an X-Ray daemon at this address. */
  forContainer(endpoints: Endpoints, role: ContainerRole, daemonAddress?: string): Readonly<Record<string, string>> {
    const { served, serviceName, hubSecretKey, hubReadToken } = this.#input();
    const region = process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? getSetting('sightline.aws.region');
    const input = { endpoints, served, serviceName, region };
    const found = {
      ...(hubSecretKey !== undefined && { hubSecretKey }),
      ...(hubReadToken !== undefined && { hubReadToken }),
      ...(daemonAddress !== undefined && { daemonAddress }),
    };
    return containerEnvironment({ ...input, ...found }, role);
  }

  /** What a launch gets: nothing where the setting is off, unless it is our backend, which gets what it always gets. */
  forLaunch(name: string): Readonly<Record<string, string>> {
    if ([name, `launch: ${name}`].includes(this.#sources.backend.description ?? '')) {
      return this.forBackend();
    }
    return getSetting('sightline.environment') === 'off' ? {} : environmentFor('everyone', this.#variables);
  }

  /** Who is pointed at the hub, in words. */
  get recipients(): string {
    return {
      terminals: 'terminals, tasks and launches',
      launches: 'launches only',
      off: 'only what Sightline starts',
    }[getSetting('sightline.environment')];
  }

  /** Works everything out anew. */
  update(): void {
    const endpoints = vscode.workspace.isTrusted ? this.#endpoints() : undefined;
    this.#variables = endpoints === undefined ? [] : environmentOf({ endpoints, ...this.#input() });
    this.#apply(getSetting('sightline.environment') === 'terminals' ? environmentFor('everyone', this.#variables) : {});
    this.#changed.fire();
  }

  /** The daemon tells of every batch; only where it is matters here. */
  #noteDaemon(): void {
    const address = addressOf(this.#sources.xrayDaemon.state);
    if (address !== this.#daemonAddress) {
      this.#daemonAddress = address;
      this.update();
    }
  }

  #noteBackend(): void {
    this.update();
    void this.#askForwarder();
  }

  /** Only Ona has to be asked: it gives a port an address when the port is shared, which may be while the backend starts. */
  async #askForwarder(): Promise<void> {
    if (this.#forwarder.kind !== 'ona' || this.#isAskingForwarder) {
      return;
    }
    this.#isAskingForwarder = true;
    this.#forwarder = await loadPortForwarder();
    this.#isAskingForwarder = false;
    if (!this.isDisposed) {
      this.update();
    }
  }

  /** A hub that is lost comes back where it was, so what is pointed at it stays so. */
  #endpoints(): Endpoints | undefined {
    const { session, expectedEndpoints } = this.#sources;
    switch (session.state.kind) {
      case 'running':
        this.#lastEndpoints = session.state.hub.endpoints;
        return this.#lastEndpoints;
      case 'lost':
      case 'starting':
        return this.#lastEndpoints ?? expectedEndpoints();
      case 'off':
        return expectedEndpoints();
      case 'stopped':
      case 'failed':
        this.#lastEndpoints = undefined;
        return undefined;
    }
  }

  #input() {
    const { database, backend } = this.#sources;
    const surroundings = awsSurroundingsOf({ env: process.env, home: homedir(), readText: readTextFile });
    const { backend: backendUrl, page: frontendUrl } = backend.configuredEndpoints;
    const databaseUrl = database.endpoints['postgres'];
    return {
      served: servedInterfaces,
      serviceName: getSetting('sightline.serviceName'),
      givenNames: process.env,
      forwarder: this.#forwarder,
      hasAwsCredentials: surroundings.hasCredentials,
      ...(this.#daemonAddress !== undefined && { daemonAddress: this.#daemonAddress }),
      ...(surroundings.region === undefined && { region: getSetting('sightline.aws.region') }),
      ...hubCredentialsOf(this.#sources.dataDir, readTextFile),
      ...(backendUrl !== undefined && { backendUrl }),
      ...(frontendUrl !== undefined && { frontendUrl }),
      ...(databaseUrl !== undefined && { databaseUrl }),
    };
  }

  #apply(environment: Readonly<Record<string, string>>): void {
    const text = JSON.stringify(environment);
    if (text === this.#applied) {
      return;
    }
    this.#applied = text;
    this.#collection.clear();
    for (const [name, value] of Object.entries(environment)) {
      this.#collection.replace(name, value);
    }
  }
}

/** Gives launches the variables through their configuration: a debugger hands those on in every kind of console, unlike the terminal's. */
class LaunchEnvironment implements vscode.DebugConfigurationProvider {
  readonly #environment: HubEnvironment;

  constructor(environment: HubEnvironment) {
    this.#environment = environment;
  }

  /** After the editor has put in its variables, so that `envFile` is a path. */
  resolveDebugConfigurationWithSubstitutedVariables(
    _folder: vscode.WorkspaceFolder | undefined,
    configuration: vscode.DebugConfiguration,
  ): vscode.DebugConfiguration {
    const file: unknown = configuration['envFile'];
    const text = typeof file === 'string' ? readTextFile(file) : undefined;
    return withEnvironment(configuration, this.#environment.forLaunch(configuration.name), text);
  }
}
