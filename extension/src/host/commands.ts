import * as vscode from 'vscode';
import { Disposable, type Disposer } from '../lifetime.ts';
import type { ErrorAction } from '../userError.ts';
import { UserError } from '../userError.ts';
import type {
  CostCommands,
  DestinationCommands,
  ErrorsCommands,
  LogsCommands,
  MapCommands,
  SamplingCommands,
  ServicesCommands,
  SourceCommands,
  TraceFilterCommands,
  TracesCommands,
} from './commandTable.ts';

export type Commands = ServicesCommands &
  TracesCommands &
  MapCommands &
  TraceFilterCommands &
  ErrorsCommands &
  LogsCommands &
  SamplingCommands &
  SourceCommands &
  CostCommands &
  DestinationCommands;

/** Registers a group of commands. The only place where a command's failure is logged and shown. */
export function registerCommands(log: vscode.LogOutputChannel, handlers: Partial<Commands>): Disposer {
  return new RegisteredCommands(log, Object.entries(handlers) as [string, CommandHandler][]);
}

/** Logs what went wrong and shows it: a `UserError` in its own words and with its actions, anything else as a bug. */
export function showFailure(log: vscode.LogOutputChannel, what: string, error: unknown): void {
  if (error instanceof vscode.CancellationError) {
    log.info(`${what}: cancelled`);
    return;
  }
  log.error(what, error instanceof Error ? error : String(error));
  const isExpected = error instanceof UserError;
  const message = isExpected ? error.message : `${what} failed unexpectedly. The Sightline output has the details.`;
  const actions = isExpected && error.actions.length > 0 ? error.actions : [showLog];
  // Not awaited: the promise settles only when the person closes the message.
  void offer(message, actions);
}

type CommandHandler = (...parameters: unknown[]) => unknown;

const showLog: ErrorAction = { label: 'Show Output', command: 'sightline.showLog' };

class RegisteredCommands extends Disposable {
  constructor(log: vscode.LogOutputChannel, handlers: readonly [string, CommandHandler][]) {
    super();
    for (const [id, handler] of handlers) {
      this.register(vscode.commands.registerCommand(id, guarded(log, id, handler)));
    }
  }
}

function guarded(log: vscode.LogOutputChannel, id: string, handler: CommandHandler): CommandHandler {
  return async (...parameters) => {
    try {
      return await handler(...parameters);
    } catch (error) {
      showFailure(log, `"${id}"`, error);
      return undefined;
    }
  };
}

async function offer(message: string, actions: readonly ErrorAction[]): Promise<void> {
  const labels = actions.map((action) => action.label);
  const chosen = await vscode.window.showErrorMessage(message, ...labels);
  const action = actions.find(({ label }) => label === chosen);
  if (action !== undefined) {
    await vscode.commands.executeCommand(action.command, ...(action.arguments ?? []));
  }
}
