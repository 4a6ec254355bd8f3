import { setTimeout } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Emitter } from '../lifetime.ts';
import type { Run } from '../services/folderService.ts';
import type { ServiceExit } from '../services/serviceProcess.ts';
import type { ServiceEndpoints } from '../services/serviceState.ts';
import { UserError } from '../userError.ts';

/** Runs a task of the folder with these variables added. It prints into a terminal that we cannot read, so it announces no endpoints. */
export async function runTask(
  folder: vscode.WorkspaceFolder,
  name: string,
  environment: Readonly<Record<string, string>>,
): Promise<Run> {
  const task = (await vscode.tasks.fetchTasks()).find(
    (candidate) => candidate.name === name && isIn(folder, candidate),
  );
  if (task === undefined) {
    throw new UserError(
      `There is no task "${name}" in ${folder.name}. Choose another one, or write it into tasks.json.`,
      {
        actions: [{ label: 'Open tasks.json', command: 'workbench.action.tasks.configureTaskRunner' }],
      },
    );
  }
  const execution = await vscode.tasks.executeTask(withVariables(task, environment));
  return { onReady: never, exited: endOfTask(execution), stop: () => Promise.resolve(execution.terminate()) };
}

/** How long a launch that has started may take to begin its session. */
const sessionMillis = 10_000;

/** Starts a launch configuration of the folder, as F5 does. */
export async function runLaunch(folder: vscode.WorkspaceFolder, name: string): Promise<Run> {
  const started = firstSession(name);
  if (!(await vscode.debug.startDebugging(folder, name))) {
    throw new UserError(`The launch configuration "${name}" of ${folder.name} did not start.`);
  }
  const session = await Promise.race([started, setTimeout(sessionMillis)]);
  if (session === undefined) {
    throw new UserError(
      `"${name}" of ${folder.name} began no session of its own. A compound has none: choose one of its launch configurations.`,
      { actions: [{ label: 'Choose Another', command: 'sightline.chooseService' }] },
    );
  }
  return {
    onReady: never,
    exited: endOfSession(session),
    stop: () => Promise.resolve(vscode.debug.stopDebugging(session)),
  };
}

/** The same task, whose process gets these variables where the task itself does not set them. */
function withVariables(task: vscode.Task, environment: Readonly<Record<string, string>>): vscode.Task {
  const execution = executionWith(task.execution, environment);
  if (execution === undefined) {
    // A task of another extension's own making takes no variables from outside.
    return task;
  }
  const { definition, scope, name, source, problemMatchers } = task;
  const copy = new vscode.Task(
    definition,
    scope ?? vscode.TaskScope.Workspace,
    name,
    source,
    execution,
    problemMatchers,
  );
  copy.isBackground = task.isBackground;
  copy.presentationOptions = task.presentationOptions;
  return copy;
}

function executionWith(
  execution: vscode.Task['execution'],
  environment: Readonly<Record<string, string>>,
): vscode.ProcessExecution | vscode.ShellExecution | undefined {
  if (execution instanceof vscode.ProcessExecution) {
    const options = { ...execution.options, env: { ...environment, ...execution.options?.env } };
    return new vscode.ProcessExecution(execution.process, execution.args, options);
  }
  if (execution instanceof vscode.ShellExecution) {
    const options = { ...execution.options, env: { ...environment, ...execution.options?.env } };
    return execution.commandLine === undefined
      ? new vscode.ShellExecution(execution.command ?? '', execution.args ?? [], options)
      : new vscode.ShellExecution(execution.commandLine, options);
  }
  return undefined;
}

const never = new Emitter<ServiceEndpoints>().event;

function isIn(folder: vscode.WorkspaceFolder, { scope }: vscode.Task): boolean {
  return typeof scope !== 'object' || scope.uri.toString() === folder.uri.toString();
}

function endOfTask(execution: vscode.TaskExecution): Promise<ServiceExit> {
  return new Promise((resolve) => {
    const listeners: vscode.Disposable[] = [];
    const settle = (exit: ServiceExit): void => {
      listeners.forEach((listener) => listener.dispose());
      resolve(exit);
    };
    listeners.push(
      vscode.tasks.onDidEndTaskProcess((event) => {
        if (event.execution === execution) {
          settle(
            event.exitCode === undefined
              ? { kind: 'signal', signal: 'the editor' }
              : { kind: 'code', code: event.exitCode },
          );
        }
      }),
      vscode.tasks.onDidEndTask((event) => {
        if (event.execution === execution) {
          settle({ kind: 'code', code: 0 });
        }
      }),
    );
  });
}

/** A launch begins one session of its own, which may begin others. */
function firstSession(name: string): Promise<vscode.DebugSession> {
  return new Promise((resolve) => {
    const listener = vscode.debug.onDidStartDebugSession((session) => {
      if (session.configuration.name === name && session.parentSession === undefined) {
        listener.dispose();
        resolve(session);
      }
    });
  });
}

function endOfSession(session: vscode.DebugSession): Promise<ServiceExit> {
  return new Promise((resolve) => {
    const listener = vscode.debug.onDidTerminateDebugSession((ended) => {
      if (ended.id === session.id) {
        listener.dispose();
        resolve({ kind: 'code', code: 0 });
      }
    });
  });
}
