import { randomUUID } from 'node:crypto';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { HubClient } from '@sightline/hub/client/hubClient';
import { defaultDataDirectory } from '@sightline/hub/client/dataDirectory';
import type { Endpoints } from '@sightline/hub/client/api';
import * as vscode from 'vscode';
import type { SightlineTestApi } from '../contracts/testApi.ts';
import { Disposable } from '../lifetime.ts';
import { CostWatch } from '../services/costWatch.ts';
import { HubArrival } from '../services/hubArrival.ts';
import { HubActivity } from '../services/hubActivity.ts';
import { HubSession } from '../services/hubSession.ts';
import { localHub } from '../services/localHub.ts';
import type { OwnHub } from '../services/ownHub.ts';
import { localXRayDaemon } from '../services/localXRayDaemon.ts';
import { ProblemWatch } from '../services/problemWatch.ts';
import { XRayDaemon } from '../services/xrayDaemon.ts';
import { expectedEndpoints, readEndpointsOf } from '../services/expectedHub.ts';
import { pageOf } from '../services/folderServiceRow.ts';
import type { HubReadMeter } from '../sources/hubReadMeter.ts';
import { AddToRepository } from './addToRepository.ts';
import { CloudLogs } from './cloudLogs.ts';
import { registerCommands, showFailure } from './commands.ts';
import { ComposeServices } from './composeServices.ts';
import { ContextKeySetter } from './contextKeys.ts';
import { costCommands } from './costCommands.ts';
import { HubEnvironment } from './environment.ts';
import { Destinations } from './destinations.ts';
import { ErrorMessages } from './errorMessages.ts';
import { ErrorSources } from './errorSources.ts';
import { ErrorsView } from './errorsView.ts';
import { HubOutput } from './hubOutput.ts';
import { LeasedNotices } from './leasedNotices.ts';
import { LogsView } from './logsView.ts';
import { withProgress } from './progress.ts';
import { ReportDocuments } from './reportDocuments.ts';
import { Secrets } from './secrets.ts';
import { windowReadMeter } from './readMeter.ts';
import { SamplingView } from './samplingView.ts';
import { ServiceChoices } from './serviceChoices.ts';
import { FolderServices } from './folderServices.ts';
import { portSettings, Services } from './services.ts';
import { servicesCommands } from './servicesCommands.ts';
import { ServiceEnds } from './serviceEnds.ts';
import { ServicesView } from './servicesView.ts';
import { getSetting, onDidChangeSetting } from './settings.ts';
import { ServiceMaps } from './serviceMaps.ts';
import { SourceChoice } from './sourceChoice.ts';
import { sourceCommands } from './sourceCommands.ts';
import { StatusBar } from './statusBar.ts';
import { systemClock, TracesView } from './tracesView.ts';
import { WindowMemory } from './windowMemory.ts';
import { WindowSources } from './windowSources.ts';
import { XRayDaemonOutput } from './xrayDaemonOutput.ts';
import { xrayDaemonSettings, xrayDaemonSettingIds } from './xrayDaemonSettings.ts';

/** The editor ends its extensions after five seconds, whatever they do, and two services are to end one after the other. */
const endingMillis = 2_000;

/** One window's Sightline: makes its long-lived objects once and hands them to each other. */
export class Sightline extends Disposable {
  readonly version: string;
  readonly #log: vscode.LogOutputChannel;
  readonly #session: HubSession;
  readonly #xrayDaemon: XRayDaemon;
  readonly #compose: ComposeServices;
  readonly #folders: FolderServices;
  readonly #services: Services;
  readonly #servicesView: ServicesView;
  readonly #tracesView: TracesView;
  readonly #logsView: LogsView;
  readonly #errorsView: ErrorsView;
  readonly #samplingView: SamplingView;
  readonly #readMeter: HubReadMeter;
  readonly #memory: WindowMemory;
  readonly #contextKeys = new ContextKeySetter();
  readonly #environment: HubEnvironment;
  #begun = Promise.resolve();
  /** Whether it is known if a hub runs. */
  #hasLooked = false;

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    super();
    this.#log = log;
    this.version = (context.extension.packageJSON as { version: string }).version;
    const dataDir = getSetting('sightline.hub.dataDirectory') ?? defaultDataDirectory();
    const client = this.register(new HubClient({ dataDir }));
    const isXRayDaemonUsed = (): Promise<boolean> => this.#xrayDaemon.isWanted();
    this.#session = this.register(
      new HubSession(
        localHubOf({
          context,
          client,
          dataDir,
          ownVersion: this.version,
          isXRayDaemonUsed,
          listen: () => this.#compose.listenOptions,
        }),
      ),
    );
    const choices = new ServiceChoices(context.workspaceState);
    this.#compose = this.register(
      new ComposeServices({
        session: this.#session,
        choices,
        storage: context.storageUri,
        environment: () => this.#environment,
        xrayDaemon: () => this.#xrayDaemon,
      }),
    );
    this.#xrayDaemon = this.register(
      new XRayDaemon(
        localXRayDaemon({
          session: this.#session,
          client,
          isTrusted: () => vscode.workspace.isTrusted,
          folder: vscode.Uri.joinPath(context.globalStorageUri, 'xray-daemon').fsPath,
          settings: xrayDaemonSettings,
          containers: this.#compose.daemons,
        }),
      ),
    );
    this.register(new HubArrival(this.#session, dataDir));
    this.#folders = this.register(new FolderServices(choices, this.#compose, context.globalStorageUri));
    this.#environment = this.register(
      new HubEnvironment(context.environmentVariableCollection, {
        session: this.#session,
        dataDir,
        xrayDaemon: this.#xrayDaemon,
        database: this.#folders.database,
        backend: this.#folders.backend,
        expectedEndpoints: () => this.#expectedEndpoints(dataDir),
      }),
    );
    const secrets = this.register(new Secrets(context.secrets, () => ownHubOf(this.#session), dataDir));
    const destinations = this.register(new Destinations(this.#session, client, secrets, log));
    const activity = this.register(new HubActivity(this.#session, client));
    const seenProblems = 'problems.seen';
    const problems = this.register(
      new ProblemWatch({
        activity,
        client,
        seen: {
          get: () => context.globalState.get<number>(seenProblems, 0),
          set: (count) => void context.globalState.update(seenProblems, count),
        },
      }),
    );
    const cost = this.register(
      new CostWatch({
        session: this.#session,
        client,
        prices: () => getSetting('sightline.cost.prices'),
        report: (error) => showFailure(log, 'Setting the prices of `sightline.cost.prices`', error),
      }),
    );
    this.register(onDidChangeSetting(['sightline.cost.prices'], () => void cost.applyPrices()));
    this.#readMeter = this.register(windowReadMeter({ presence: this.#session, client }));
    const choice = this.register(
      new SourceChoice(context.workspaceState, this.#contextKeys, () => ownHubOf(this.#session), this.#readMeter),
    );
    const sources = this.register(new WindowSources(choice, this.#session, client));
    const errors = this.register(
      new ErrorSources({
        memory: context.workspaceState,
        contextKeys: this.#contextKeys,
        secrets,
        presence: this.#session,
        ownHub: () => ownHubOf(this.#session),
        client,
      }),
    );
    this.#services = this.register(
      new Services({
        session: this.#session,
        xrayDaemon: this.#xrayDaemon,
        folders: this.#folders,
        environment: this.#environment,
        activity,
        problems,
        cost,
        destinations,
        choices,
        places: { traces: sources.traces, errors: errors.shown },
      }),
    );
    this.#servicesView = this.register(new ServicesView(this.#services, problems));
    this.register(new StatusBar(this.#session, activity, problems, this.#folders));
    this.register(new ServiceEnds(this.#folders, this.#session));
    this.#tracesView = this.register(
      new TracesView(sources, {
        contextKeys: this.#contextKeys,
        log,
        extensionUri: context.extensionUri,
        memory: context.workspaceState,
      }),
    );
    this.register(new ServiceMaps(sources.map, context.extensionUri, log));
    const surroundings = {
      clock: systemClock,
      contextKeys: this.#contextKeys,
      log,
      extensionUri: context.extensionUri,
    };
    this.#logsView = this.register(new LogsView(sources.logs, surroundings));
    this.#errorsView = this.register(new ErrorsView(errors, systemClock, this.#contextKeys, log));
    const holder = randomUUID();
    const right = new LeasedNotices({
      claim: (name, millis) => client.claimLease(name, { holder, millis }),
      isFocused: () => vscode.window.state.focused,
      sleep: (millis) => sleep(millis),
    });
    this.register(new ErrorMessages(errors.local, right, systemClock));
    const documents = this.register(new ReportDocuments());
    this.#samplingView = this.register(
      new SamplingView(sources.sampling, { clock: systemClock, log, reports: documents }),
    );
    const cloudLogs = this.register(new CloudLogs(() => sources.rules?.account, sources.logs, documents));
    const hubOutput = this.register(new HubOutput(dataDir));
    const daemonOutput = this.register(new XRayDaemonOutput(this.#xrayDaemon));
    const handlers = servicesCommands({
      services: this.#services,
      environment: this.#environment,
      client,
      problems,
      documents,
      hubOutput,
      daemonOutput,
      log,
    });
    this.register(registerCommands(log, handlers));
    const additions = this.register(new AddToRepository());
    this.register(registerCommands(log, { 'sightline.addToRepository': () => additions.run() }));
    this.register(registerCommands(log, costCommands({ watch: cost, client, documents })));
    this.register(registerCommands(log, destinations.handlers));
    this.register(registerCommands(log, sourceCommands({ choice, documents, sources, errors, secrets, cloudLogs })));
    this.#memory = this.register(new WindowMemory(context.storageUri, this.#folders));
    this.register(this.#services.onDidChange(() => this.#setContext()));
    this.register(onDidChangeSetting(xrayDaemonSettingIds, () => this.#considerDaemon()));
    this.register(vscode.workspace.onDidGrantWorkspaceTrust(() => void this.begin()));
    this.#setContext();
  }

  /** What happens by itself after the window has opened: joining a hub that runs, what ran before a reload, autostart. Never rejects. */
  begin(): Promise<void> {
    this.#begun = this.#begin();
    return this.#begun;
  }

  async #begin(): Promise<void> {
    // The editor waits for activation, and nothing here is part of it.
    await setImmediate();
    try {
      this.#folders.configure();
      if (getSetting('sightline.revealOnStart')) {
        await vscode.commands.executeCommand('workbench.view.extension.sightline');
      }
      await this.#session.join();
      this.#hasLooked = true;
      this.#environment.update();
      if (vscode.workspace.isTrusted) {
        this.#considerDaemon();
        await this.#startByItself();
      }
    } catch (error) {
      showFailure(this.#log, 'Starting with the window', error);
    }
  }

  /** Notes what runs, for the case that this is a reload, and ends it. */
  async end(): Promise<void> {
    this.#memory.noteEnd();
    await this.#readMeter.flush();
    await this.#folders.backend.end(endingMillis);
    // What the backend said last goes through the daemon.
    await Promise.all([this.#folders.database.end(endingMillis), this.#xrayDaemon.end(endingMillis)]);
  }

  testApi(activationMillis: number): SightlineTestApi {
    return {
      activationMillis,
      hub: () => this.#session.start(),
      servicesText: () => this.#servicesView.renderText(),
      tracesText: () => this.#tracesView.renderText(),
      logsText: () => this.#logsView.renderText(),
      errorsText: () => this.#errorsView.renderText(),
      samplingText: () => this.#samplingView.renderText(),
      whenIdle: async () => {
        await this.#begun;
        await this.#services.whenIdle();
      },
    };
  }

  async #startByItself(): Promise<void> {
    if (this.#session.isOutdated) {
      await this.#session.start();
    }
    const ranBefore = await this.#memory.takeUp();
    if (getSetting('sightline.autostart')) {
      await withProgress('Starting', (signal) => this.#services.startAll({ ask: false }, signal));
      return;
    }
    for (const id of ranBefore) {
      await this.#services.start(id);
    }
  }

  /**
   * For terminals that open before the hub has answered: where the last one said that it is, until that turns out to be gone, or where one will be that
   * is about to start.
   */
  #expectedEndpoints(dataDir: string): Endpoints | undefined {
    const last = this.#hasLooked ? undefined : readEndpointsOf(dataDir);
    return last ?? (getSetting('sightline.autostart') ? expectedEndpoints(portSettings()) : undefined);
  }

  /** Looks for a daemon, to say in Services what there is, or to start one that a hub waits for. In Restricted Mode no program is run, not even for its version. */
  #considerDaemon(): void {
    if (vscode.workspace.isTrusted && this.#session.state.kind === 'running') {
      this.#xrayDaemon.reconsider();
      this.#xrayDaemon.follow();
    }
  }

  #setContext(): void {
    const { database, backend } = this.#folders;
    this.#contextKeys.set({
      'sightline.hub': this.#session.state.kind,
      'sightline.isBusy': this.#services.isBusy,
      'sightline.isServiceRunning': database.isOwn || backend.isOwn,
      'sightline.hasPage': pageOf(backend.endpoints) !== undefined && backend.state.kind !== 'stopped',
    });
  }
}

function ownHubOf({ state }: HubSession): OwnHub | undefined {
  return state.kind === 'running' ? { api: state.hub.endpoints.api, pid: state.hub.pid } : undefined;
}

interface LocalHubParts {
  readonly context: vscode.ExtensionContext;
  readonly client: HubClient;
  readonly dataDir: string;
  readonly ownVersion: string;
  readonly isXRayDaemonUsed: () => Promise<boolean>;
  readonly listen: () => readonly string[];
}

function localHubOf({ context, client, dataDir, ownVersion, isXRayDaemonUsed, listen }: LocalHubParts) {
  const ownPid = 'hub.ownPid';
  return localHub({
    dataDir,
    ownVersion,
    client,
    isXRayDaemonUsed,
    program: vscode.Uri.joinPath(context.extensionUri, 'dist', 'hub', 'main.js').fsPath,
    settings: () => ({
      nodePath: getSetting('sightline.nodePath') ?? undefined,
      ports: portSettings(),
      maxBytes: getSetting('sightline.hub.maxSize'),
      maxAge: getSetting('sightline.hub.maxAge'),
      rollbarRate: getSetting('sightline.hub.rollbarRate'),
      listen: listen(),
    }),
    isOwn: (pid) => context.globalState.get<number>(ownPid) === pid,
    rememberOwn: (pid) => void context.globalState.update(ownPid, pid),
  });
}
