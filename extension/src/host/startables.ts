import { homedir } from 'node:os';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { withoutEditorVariables } from '../services/editorEnvironment.ts';
import type { Run, Startable } from '../services/folderService.ts';
import { betterNode, nodeSurroundings } from '../services/nodeRuntime.ts';
import { scriptRunnerOf } from '../services/packageScripts.ts';
import type { ServiceCommand } from '../services/serviceProcess.ts';
import {
  describeDefinition,
  portOf,
  withVariables,
  type ComposeDefinition,
  type ProcessDefinition,
  type ServiceDefinition,
} from '../services/serviceSetting.ts';
import { serviceMark } from '../services/serviceMark.ts';
import type { FolderServiceId, ServiceEndpoints } from '../services/serviceState.ts';
import { UserError } from '../userError.ts';
import { composeEndpoints, composeRun, isComposeRunning, servicesNamed } from '../services/composeRun.ts';
import type { WindowRuns } from '../services/windowRuns.ts';
import type { ComposeServices } from './composeServices.ts';
import { runLaunch, runTask } from './folderRuns.ts';
import { launchNames, loadScripts } from './folderNames.ts';
import { runInTask } from './serviceTasks.ts';

export interface StartableSurroundings {
  readonly folder: vscode.WorkspaceFolder;
  readonly compose: ComposeServices;
  /** Tells other windows on the folder. */
  readonly windows: WindowRuns;
}

/** Makes what a definition names startable in its folder. */
export function startableOf(
  id: FolderServiceId,
  definition: ServiceDefinition,
  { folder, compose, windows }: StartableSurroundings,
): Startable {
  const description = describeDefinition(definition);
  if (definition.kind === 'compose') {
    return composeStartable(id, definition.name, compose);
  }
  if (definition.kind !== 'process') {
    return { description, endpoints: {}, windows, run: (environment) => runNamed(id, definition, folder, environment) };
  }
  const filled = withVariables(definition, folder.uri.fsPath, process.env);
  const port = portOf(filled);
  return {
    description,
    endpoints: endpointsOf(id, filled),
    windows,
    ...(port !== undefined && { port }),
    run: async (environment) =>
      await runInTask(id, folder, await commandOf(filled, folder, { ...environment, ...serviceMark(id) })),
  };
}

function composeStartable(id: FolderServiceId, name: string, compose: ComposeServices): Startable {
  const { project } = compose;
  return {
    description: `compose: ${name}`,
    endpoints: composeEndpoints(id, project.model, name),
    run: async (_environment, signal) => {
      await compose.up(servicesNamed(name), signal);
      return composeRun(project, name);
    },
    find: async () => {
      await project.refresh();
      return isComposeRunning(project, name) ? composeRun(project, name) : undefined;
    },
  };
}

type NamedDefinition = Exclude<ServiceDefinition, ProcessDefinition | ComposeDefinition>;
type Environment = Readonly<Record<string, string>>;

async function runNamed(
  id: FolderServiceId,
  definition: NamedDefinition,
  folder: vscode.WorkspaceFolder,
  environment: Environment,
): Promise<Run> {
  const { kind, name } = definition.kind === 'named' ? await resolveName(definition.name, folder) : definition;
  switch (kind) {
    case 'script':
      return await runInTask(id, folder, await scriptCommand(name, folder, { ...environment, ...serviceMark(id) }));
    case 'task':
      return await runTask(folder, name, environment);
    case 'launch':
      return await runLaunch(folder, name);
  }
}

async function resolveName(
  name: string,
  folder: vscode.WorkspaceFolder,
): Promise<{ kind: 'script' | 'task' | 'launch'; name: string }> {
  if ((await loadScripts(folder)).includes(name)) {
    return { kind: 'script', name };
  }
  if ((await vscode.tasks.fetchTasks()).some((task) => task.name === name)) {
    return { kind: 'task', name };
  }
  if (launchNames(folder).includes(name)) {
    return { kind: 'launch', name };
  }
  throw new UserError(`"${name}" is no script, task or launch configuration of ${folder.name}.`, {
    actions: [{ label: 'Choose Another', command: 'sightline.chooseService' }],
  });
}

async function commandOf(
  definition: ProcessDefinition,
  folder: vscode.WorkspaceFolder,
  environment: Environment,
): Promise<ServiceCommand> {
  const node = await betterNode(definition.command, nodeSurroundings);
  return {
    command: node?.path ?? homeOf(definition.command),
    args: definition.args,
    cwd: path.resolve(folder.uri.fsPath, definition.cwd ?? ''),
    env: mergedEnvironment(environment, { ...node?.env, ...definition.env }),
  };
}

async function scriptCommand(
  script: string,
  folder: vscode.WorkspaceFolder,
  environment: Environment,
): Promise<ServiceCommand> {
  const cwd = folder.uri.fsPath;
  const runner = scriptRunnerOf(await readdir(cwd));
  const isShellNeeded = process.platform === 'win32';
  return { command: runner, args: ['run', script], cwd, env: mergedEnvironment(environment, {}), isShellNeeded };
}

/** The editor's own environment, then ours, then the setting's, where null takes a variable away. */
function mergedEnvironment(environment: Environment, own: Readonly<Record<string, string | null>>): NodeJS.ProcessEnv {
  const merged: Record<string, string | null | undefined> = {
    ...withoutEditorVariables(process.env),
    ...environment,
    ...own,
  };
  return Object.fromEntries(
    Object.entries(merged).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function endpointsOf(id: FolderServiceId, definition: ProcessDefinition): ServiceEndpoints {
  const { url } = definition;
  if (id === 'database') {
    return url === undefined ? {} : { postgres: url };
  }
  const port = portOf(definition);
  return {
    ...(port !== undefined && { backend: `http://127.0.0.1:${port}` }),
    ...(url !== undefined && { page: url }),
  };
}

function homeOf(command: string): string {
  return command.startsWith('~/') ? path.join(homedir(), command.slice(2)) : command;
}
