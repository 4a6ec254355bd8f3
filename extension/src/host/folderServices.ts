import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { portHolder } from '@sightline/hub/client/portHolder';
import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import { FolderService, type ServiceClock } from '../services/folderService.ts';
import { isListening } from '../services/listening.ts';
import { hasServiceMark } from '../services/serviceMark.ts';
import { isAlive } from '../services/serviceProcess.ts';
import type { FolderServiceId } from '../services/serviceState.ts';
import { FileWindowRuns, type WindowRunsSurroundings } from '../services/windowRuns.ts';
import type { ComposeServices } from './composeServices.ts';
import type { ServiceChoices } from './serviceChoices.ts';
import { onDidChangeSetting } from './settings.ts';
import { startableOf } from './startables.ts';

function windowRunsSurroundings(id: FolderServiceId): WindowRunsSurroundings {
  return {
    window: process.pid,
    isWindowAlive: isAlive,
    // Only Linux tells a process from one that has got its id later.
    isServiceAlive: (pid) => (process.platform === 'linux' ? hasServiceMark(id, pid) : isAlive(pid)),
    sleep: (millis) => sleep(millis),
  };
}

const clock: ServiceClock = {
  now: () => new Date(),
  sleep: (millis) => sleep(millis),
  isListening,
  processes: { isAlive, listeningOn: (port) => portHolder('tcp', port) },
};

/** The database and the backend of a window: what they are, by settings and choices. */
export class FolderServices extends Disposable {
  readonly database = this.register(new FolderService('database', clock));
  readonly backend = this.register(new FolderService('backend', clock));
  readonly compose: ComposeServices;
  readonly #choices: ServiceChoices;
  readonly #problems = new Map<FolderServiceId, string>();
  readonly #described = new Map<FolderServiceId, string>();
  readonly #storage: vscode.Uri;
  readonly #windowRuns = new Map<string, FileWindowRuns>();

  /** `storage` is one for all windows. */
  constructor(choices: ServiceChoices, compose: ComposeServices, storage: vscode.Uri) {
    super();
    this.#storage = storage;
    this.compose = compose;
    this.#choices = choices;
    this.register(
      onDidChangeSetting(['sightline.backend', 'sightline.database', 'sightline.startWith'], () => this.configure()),
    );
    this.register(vscode.workspace.onDidChangeWorkspaceFolders(() => this.configure()));
    this.register(vscode.workspace.onDidGrantWorkspaceTrust(() => this.configure()));
  }

  get(id: FolderServiceId): FolderService {
    return id === 'database' ? this.database : this.backend;
  }

  problemOf(id: FolderServiceId): string | undefined {
    return this.#problems.get(id);
  }

  /** Reads settings and choices anew. The first time is the caller's to choose: reading is a part of activation that can wait. */
  configure(): void {
    this.compose.configure();
    this.#configureOne('database');
    this.#configureOne('backend');
  }

  #windowsOf(id: FolderServiceId, { uri }: vscode.WorkspaceFolder): FileWindowRuns {
    const name = `${createHash('sha256').update(uri.toString()).digest('hex').slice(0, 12)}-${id}.json`;
    const known = this.#windowRuns.get(name);
    if (known !== undefined) {
      return known;
    }
    const file = vscode.Uri.joinPath(this.#storage, 'runs', name).fsPath;
    const runs = this.register(new FileWindowRuns(file, windowRunsSurroundings(id)));
    this.#windowRuns.set(name, runs);
    return runs;
  }

  #configureOne(id: FolderServiceId): void {
    const choice = this.#choices.get(id);
    if (choice.kind === 'wrong') {
      this.#problems.set(id, choice.message);
    } else {
      this.#problems.delete(id);
    }
    // What is started is made anew only when it differs, so that a service that ended keeps saying how.
    const description = JSON.stringify(choice.kind === 'given' ? [choice.definition, choice.folder.uri] : choice.kind);
    if (this.#described.get(id) !== description) {
      this.#described.set(id, description);
      this.get(id).configure(
        choice.kind === 'given'
          ? startableOf(id, choice.definition, {
              folder: choice.folder,
              compose: this.compose,
              windows: this.#windowsOf(id, choice.folder),
            })
          : undefined,
      );
    }
  }
}
