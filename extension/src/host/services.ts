import * as vscode from 'vscode';
import { Disposable, Emitter } from '../lifetime.ts';
import type { CostWatch } from '../services/costWatch.ts';
import { otherAddresses } from '../services/processVariables.ts';
import { staleNames } from '../services/environment.ts';
import type { Destinations } from './destinations.ts';
import type { HubActivity } from '../services/hubActivity.ts';
import type { HubSession } from '../services/hubSession.ts';
import type { ProblemWatch } from '../services/problemWatch.ts';
import type { PortSettings } from '../services/ports.ts';
import type { FolderServiceId, ServiceId } from '../services/serviceState.ts';
import type { FolderServiceSnapshot } from '../services/folderServiceRow.ts';
import type { ServicesSnapshot } from '../services/servicesTree.ts';
import type { XRayDaemon } from '../services/xrayDaemon.ts';
import type { LiveSource } from '../sources/switchedSource.ts';
import { UserError } from '../userError.ts';
import type { HubEnvironment } from './environment.ts';
import type { ComposeServices } from './composeServices.ts';
import type { FolderServices } from './folderServices.ts';
import type { ServiceChoices } from './serviceChoices.ts';
import { getSetting } from './settings.ts';

/** What the views show. A change of the source is one of its state. */
export interface ShownSources {
  readonly traces: Pick<LiveSource, 'label' | 'onDidChangeState'>;
  readonly errors: Pick<LiveSource, 'label' | 'onDidChangeState'>;
}

/** Everything that a window starts and stops, in order: hub, X-Ray daemon, database, backend. */
export class Services extends Disposable {
  readonly #changed = this.register(new Emitter<void>());
  readonly onDidChange = this.#changed.event;
  readonly session: HubSession;
  readonly xrayDaemon: XRayDaemon;
  readonly folders: FolderServices;
  readonly cost: CostWatch;
  readonly #environment: HubEnvironment;
  readonly #activity: HubActivity;
  readonly #problems: ProblemWatch;
  readonly #destinations: Destinations;
  readonly #choices: ServiceChoices;
  readonly #places: ShownSources;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(parts: {
    readonly session: HubSession;
    readonly xrayDaemon: XRayDaemon;
    readonly folders: FolderServices;
    readonly environment: HubEnvironment;
    readonly activity: HubActivity;
    readonly problems: ProblemWatch;
    readonly cost: CostWatch;
    readonly destinations: Destinations;
    readonly choices: ServiceChoices;
    readonly places: ShownSources;
  }) {
    super();
    this.session = parts.session;
    this.xrayDaemon = parts.xrayDaemon;
    this.folders = parts.folders;
    this.#environment = parts.environment;
    this.#activity = parts.activity;
    this.#problems = parts.problems;
    this.cost = parts.cost;
    this.#destinations = parts.destinations;
    this.#choices = parts.choices;
    this.#places = parts.places;
    const fire = (): void => this.#changed.fire();
    for (const { onDidChangeState } of [parts.places.traces, parts.places.errors]) {
      this.register(onDidChangeState(fire));
    }
    for (const source of [
      this.session,
      this.xrayDaemon,
      this.folders.database,
      this.folders.backend,
      this.#environment,
      this.#activity,
      this.#problems,
      this.#destinations,
      this.folders.compose,
      this.cost,
    ]) {
      this.register(source.onDidChange(fire));
    }
  }

  get isBusy(): boolean {
    return this.#underWay.size > 0;
  }

  /** Starts all that is known: the hub, then the database and the backend where there is one. Asks once what the backend is where `ask` says so. */
  async startAll(options: { readonly ask: boolean }, signal?: AbortSignal): Promise<void> {
    requireTrust();
    await this.#track(this.#startAll(options.ask, signal));
  }

  async stopAll(): Promise<void> {
    await this.#track(
      (async () => {
        await this.#stopFolderServices();
        await this.session.stop();
      })(),
    );
  }

  async start(id: ServiceId, signal?: AbortSignal): Promise<void> {
    requireTrust();
    await this.#track(this.#startById(id, signal));
  }

  async stop(id: ServiceId): Promise<void> {
    await this.#track(this.#serviceOf(id).stop());
  }

  #serviceOf(id: ServiceId): { stop(): Promise<void> } {
    switch (id) {
      case 'hub':
        return this.session;
      case 'xrayDaemon':
        return this.xrayDaemon;
      case 'database':
      case 'backend':
        return this.folders.get(id);
    }
  }

  /** Stops and starts one service. The others go on; what then runs with an old environment says so. */
  async restart(id: ServiceId, signal?: AbortSignal): Promise<void> {
    await this.stop(id);
    await this.start(id, signal);
  }

  /** Some work on a service of the compose file. */
  async compose(work: (compose: ComposeServices) => Promise<void>): Promise<void> {
    requireTrust();
    await this.#track(work(this.folders.compose));
  }

  /** Settles once nothing is under way. */
  async whenIdle(): Promise<void> {
    while (this.#underWay.size > 0) {
      await Promise.allSettled(this.#underWay);
    }
  }

  /** Keeps `work` in mind until it settles, for the spinner and for those who wait. */
  async #track<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    this.#changed.fire();
    try {
      return await work;
    } finally {
      this.#underWay.delete(work);
      this.#changed.fire();
    }
  }

  async #startById(id: ServiceId, signal: AbortSignal | undefined): Promise<void> {
    switch (id) {
      case 'hub':
        await this.#startHub(signal);
        await this.#startContainedDaemon(signal);
        return;
      case 'xrayDaemon':
        await this.#startHub(signal);
        await this.xrayDaemon.start(signal);
        return;
      case 'database':
      case 'backend':
        await this.#startOne(id, signal);
    }
  }

  /** The daemon follows the hub: one that belonged to an earlier hub has gone, with its port, and one that this hub needs is there. */
  async #startHub(signal: AbortSignal | undefined): Promise<void> {
    await this.xrayDaemon.settled();
    await this.session.start(signal);
    await this.xrayDaemon.settled();
  }

  /** A daemon of the compose file is not started by following the hub: that takes as long as its engine does, and can be cancelled. */
  async #startContainedDaemon(signal: AbortSignal | undefined): Promise<void> {
    if (this.xrayDaemon.choice?.kind === 'compose' && this.xrayDaemon.isNeeded) {
      await this.xrayDaemon.start(signal);
    }
  }

  /** What does not need each other starts at the same time: the engine reads its files and the database starts while the hub does. */
  async #startAll(isAsking: boolean, signal: AbortSignal | undefined): Promise<void> {
    const hub = this.#startHub(signal);
    if (getSetting('sightline.startWith') === 'compose') {
      await allOf([hub, this.folders.compose.up([], signal)]);
      return;
    }
    if (
      isAsking &&
      this.#choices.get('backend').kind === 'unknown' &&
      (vscode.workspace.workspaceFolders?.length ?? 0) > 0
    ) {
      await hub;
      await this.choose('backend');
    }
    if (this.folders.compose.isBackend) {
      // Its database comes with it where it depends on it.
      await allOf([hub, this.#startKnown('backend', signal)]);
      await this.#startKnown('database', signal);
      return;
    }
    const daemon = hub.then(() => this.#startContainedDaemon(signal));
    await allOf([daemon, this.#startKnown('database', signal)]);
    await this.#startKnown('backend', signal);
  }

  /** Asks what to start and takes the answer over. */
  async choose(id: FolderServiceId): Promise<boolean> {
    const isAnswered = await this.#choices.ask(id);
    this.folders.configure();
    return isAnswered;
  }

  async #startKnown(id: FolderServiceId, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const problem = this.folders.problemOf(id);
    if (problem !== undefined) {
      throw new UserError(problem, { actions: [openSettingOf(id)] });
    }
    const service = this.folders.get(id);
    // One that somebody else has started is as good as ours.
    await service.look();
    if (service.state.kind !== 'unknown' && service.state.kind !== 'elsewhere') {
      await service.start(id === 'backend' ? this.#environment.forBackend() : {}, signal);
    }
  }

  async #startOne(id: FolderServiceId, signal: AbortSignal | undefined): Promise<void> {
    if (this.#choices.get(id).kind === 'unknown' && !(await this.choose(id))) {
      return;
    }
    await this.#startHub(signal);
    if (id === 'backend') {
      await this.#startKnown('database', signal);
    }
    await this.#startKnown(id, signal);
  }

  async #stopFolderServices(): Promise<void> {
    if (getSetting('sightline.startWith') === 'compose' && this.folders.compose.project.state.kind === 'known') {
      await this.folders.compose.project.stop([]);
    }
    await this.folders.backend.stop();
    await this.folders.database.stop();
    if (this.xrayDaemon.choice?.kind === 'compose' && this.xrayDaemon.state.kind === 'running') {
      await this.xrayDaemon.stop();
    }
  }

  /** All that the Services view shows. */
  snapshot(): ServicesSnapshot {
    return {
      hub: this.session.state,
      ports: portSettings(),
      stats: this.#activity.stats,
      cost: this.cost.cost,
      ...(this.#problems.newest !== undefined && { newestProblem: this.#problems.newest }),
      ...(this.#activity.strayLines !== undefined && { strayLines: this.#activity.strayLines }),
      xrayDaemon: {
        state: this.xrayDaemon.state,
        ...(this.xrayDaemon.choice !== undefined && { choice: this.xrayDaemon.choice }),
      },
      database: this.#snapshotOf('database'),
      backend: this.#snapshotOf('backend'),
      compose: this.folders.compose.snapshot(),
      environment: { variables: this.#environment.variables, recipients: this.#environment.recipients },
      places: { traces: this.#places.traces.label, errors: this.#places.errors.label },
      ...(this.#destinations.list !== undefined && { relay: this.#destinations.list }),
    };
  }

  #snapshotOf(id: FolderServiceId): FolderServiceSnapshot {
    const service = this.folders.get(id);
    const startedWith = id === 'backend' ? service.environment : undefined;
    return {
      state: service.state,
      description: service.description,
      isDeclined: this.#choices.get(id).kind === 'none',
      problem: this.folders.problemOf(id),
      ...(id === 'backend' &&
        service.seenPid !== undefined && {
          otherAddresses: otherAddresses(service.seenPid, this.#environment.forBackend()),
        }),
      staleNames: startedWith === undefined ? [] : staleNames(startedWith, this.#environment.forBackend()),
    };
  }
}

/** Waits for all of them, so that nothing goes on behind the back of whoever is told of the first failure. */
async function allOf(work: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((each) => each.status === 'rejected');
  if (failed !== undefined) {
    throw failed.reason;
  }
}

/** The ports that settings name. */
export function portSettings(): PortSettings {
  const named = {
    api: getSetting('sightline.hub.port'),
    otlpHttp: getSetting('sightline.hub.otlpHttpPort'),
    otlpGrpc: getSetting('sightline.hub.otlpGrpcPort'),
    xray: getSetting('sightline.hub.xrayPort'),
  };
  return Object.fromEntries(Object.entries(named).filter(([, port]) => port !== null));
}

function requireTrust(): void {
  if (!vscode.workspace.isTrusted) {
    throw new UserError(
      'This folder is open in Restricted Mode, in which Sightline starts nothing: the folder itself names its backend and database.',
      {
        actions: [{ label: 'Manage Workspace Trust', command: 'workbench.trust.manage' }],
      },
    );
  }
}

function openSettingOf(id: FolderServiceId) {
  return { label: 'Open Setting', command: 'workbench.action.openSettings', arguments: [`sightline.${id}`] };
}
