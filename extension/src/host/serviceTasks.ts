import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import type { Run } from '../services/folderService.ts';
import { describeExit, ServiceProcess, type ServiceCommand, type ServiceExit } from '../services/serviceProcess.ts';
import type { FolderServiceId } from '../services/serviceState.ts';

/** The names of the terminals, by which a person finds them again. */
export const terminalNames: Record<FolderServiceId, string> = {
  database: 'Sightline Database',
  backend: 'Sightline Backend',
};

/**
 * Runs a program as a task whose terminal shows its output. A task rather than a plain child, so that the editor lists and ends it like any other;
 * the program itself is ours, since a task's own process gets SIGHUP and cannot be told what to do with what it prints.
 */
export async function runInTask(
  id: FolderServiceId,
  folder: vscode.WorkspaceFolder,
  command: ServiceCommand,
): Promise<Run> {
  const terminal = new ServiceTerminal(id, command);
  const task = new vscode.Task(
    { type: 'sightline', service: id },
    folder,
    terminalNames[id],
    'Sightline',
    new vscode.CustomExecution(() => Promise.resolve(terminal)),
  );
  task.isBackground = true;
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Never,
    panel: vscode.TaskPanelKind.Dedicated,
    showReuseMessage: false,
    clear: true,
    focus: false,
  };
  await vscode.tasks.executeTask(task);
  return await terminal.started;
}

/** Shows the terminal of a service; answers false where it has none yet. */
export function showServiceTerminal(id: FolderServiceId): boolean {
  const terminal = vscode.window.terminals.findLast(({ name }) => name.includes(terminalNames[id]));
  terminal?.show(true);
  return terminal !== undefined;
}

/** The terminal of one run: starts the program when the editor opens it, and ends it when the editor closes it. */
class ServiceTerminal extends Disposable implements vscode.Pseudoterminal {
  readonly #written = this.register(new vscode.EventEmitter<string>());
  readonly #closed = this.register(new vscode.EventEmitter<number>());
  readonly #start = Promise.withResolvers<Run>();
  readonly #id: FolderServiceId;
  readonly #command: ServiceCommand;
  #process: ServiceProcess | undefined;

  readonly onDidWrite = this.#written.event;
  readonly onDidClose = this.#closed.event;
  readonly started = this.#start.promise;

  constructor(id: FolderServiceId, command: ServiceCommand) {
    super();
    this.#id = id;
    this.#command = command;
  }

  open(): void {
    const { command, args } = this.#command;
    this.#write(`> ${[command, ...args].join(' ')}\n`);
    const started = new ServiceProcess(this.#command);
    this.#process = started;
    this.register(started.onOutput((text) => this.#write(text)));
    void started.exited.then((exit) => this.#end(exit));
    this.#start.resolve({
      onReady: started.onReady,
      exited: started.exited,
      stop: (patienceMillis) => started.stop(patienceMillis),
      ...(started.pid !== undefined && { pid: started.pid }),
    });
  }

  close(): void {
    void this.#process?.stop();
  }

  handleInput(text: string): void {
    // Ctrl-C, as in any terminal.
    if (text === '\u0003') {
      void this.#process?.stop();
    }
  }

  #end(exit: ServiceExit): void {
    this.#write(`\nThe ${this.#id} ${describeExit(exit)}.\n`);
    this.#closed.fire(exit.kind === 'code' ? exit.code : 1);
    this.#process?.dispose();
  }

  /** A terminal wants a carriage return before each line feed, which a program without a terminal does not write. */
  #write(text: string): void {
    this.#written.fire(text.replaceAll(/\r?\n/g, '\r\n'));
  }
}
