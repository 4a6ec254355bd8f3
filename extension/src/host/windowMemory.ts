import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import { readTextFile } from '../services/textFile.ts';
import { parseLastRun, toRestore, type LastRun } from '../services/lastRun.ts';
import { hasServiceMark } from '../services/serviceMark.ts';
import { signalGroup } from '../services/serviceProcess.ts';
import type { FolderServiceId } from '../services/serviceState.ts';
import type { FolderServices } from './folderServices.ts';

/**
 * Remembers over a reload what ran in this window, in a file of the workspace's storage: a file, since the editor's own memory is not sure to be
 * written any more when a window ends.
 */
export class WindowMemory extends Disposable {
  readonly #file: string | undefined;
  readonly #services: FolderServices;
  #written = '';

  constructor(storage: vscode.Uri | undefined, services: FolderServices) {
    super();
    this.#file = storage === undefined ? undefined : path.join(storage.fsPath, 'lastRun.json');
    this.#services = services;
  }

  /** The services to start again. Ends what is left of them first, where the last window crashed. */
  takeUp(): readonly FolderServiceId[] {
    const last = parseLastRun(this.#file === undefined ? undefined : readTextFile(this.#file));
    const restored = toRestore(last, Date.now(), hasServiceMark);
    for (const { pid } of last.endedAt === undefined ? restored : []) {
      if (pid !== undefined) {
        signalGroup(pid, 'SIGTERM');
      }
    }
    this.register(this.#services.database.onDidChange(() => this.#write()));
    this.register(this.#services.backend.onDidChange(() => this.#write()));
    return restored.map(({ id }) => id);
  }

  /** Notes that the window ends in order, with what runs at that moment. */
  noteEnd(): void {
    this.#write(Date.now());
    this.dispose();
  }

  #write(endedAt?: number): void {
    const services = [this.#services.database, this.#services.backend].filter(({ isOwn }) => isOwn);
    const run: LastRun = {
      services: services.map(({ id, pid }) => ({ id, ...(pid !== undefined && { pid }) })),
      ...(endedAt !== undefined && { endedAt }),
    };
    const text = JSON.stringify(run);
    if (this.#file !== undefined && text !== this.#written) {
      this.#written = text;
      mkdirSync(path.dirname(this.#file), { recursive: true });
      writeFileSync(this.#file, text);
    }
  }
}
