import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import { readTextFile } from '../services/textFile.ts';
import { parseLastRun, toRestore, type LastRun } from '../services/lastRun.ts';
import { hasServiceMark } from '../services/serviceMark.ts';
import { isGroupAlive, signalGroup } from '../services/serviceProcess.ts';
import type { FolderServiceId } from '../services/serviceState.ts';
import type { FolderServices } from './folderServices.ts';

/** How long a leftover may take to end by itself before it is killed. */
const endingMillis = 5_000;

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

  /** The services to start again, once what is left of them has ended: a crash leaves them running, and a reload is faster than they are. */
  async takeUp(): Promise<readonly FolderServiceId[]> {
    const last = parseLastRun(this.#file === undefined ? undefined : readTextFile(this.#file));
    const restored = toRestore(last, Date.now(), hasServiceMark);
    await Promise.all(restored.map(({ id, pid }) => endLeftover(id, pid)));
    if (last.window !== undefined) {
      this.#services.database.forgetWindow(last.window);
      this.#services.backend.forgetWindow(last.window);
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
      window: process.pid,
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

async function endLeftover(id: FolderServiceId, pid: number | undefined): Promise<void> {
  if (pid !== undefined && hasServiceMark(id, pid)) {
    signalGroup(pid, 'SIGTERM');
    const started = Date.now();
    while (isGroupAlive(pid) && Date.now() - started < endingMillis) {
      await sleep(50);
    }
    signalGroup(pid, 'SIGKILL');
  }
}
