import * as vscode from 'vscode';
import { parseName, parseServiceSetting, type ServiceDefinition } from '../services/serviceSetting.ts';
import { allServices } from '../services/composeRun.ts';
import type { FolderServiceId } from '../services/serviceState.ts';
import { getSetting } from './settings.ts';
import { composeServiceNames, launchNames, loadScripts } from './folderNames.ts';

/** What a window starts as its backend or database, and in which folder. */
export type ServiceChoice =
  | { readonly kind: 'unknown' }
  /** A person said that there is none. */
  | { readonly kind: 'none' }
  | { readonly kind: 'given'; readonly definition: ServiceDefinition; readonly folder: vscode.WorkspaceFolder }
  | { readonly kind: 'wrong'; readonly message: string };

/** What was chosen in a folder without a setting, remembered by the editor for this workspace. */
export class ServiceChoices {
  readonly #memory: vscode.Memento;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /** The first folder that says something wins; in a folder, the setting wins over what was chosen. */
  get(id: FolderServiceId): ServiceChoice {
    const choices = (vscode.workspace.workspaceFolders ?? []).map((folder) => this.#inFolder(id, folder));
    return choices.find(({ kind }) => kind !== 'unknown') ?? { kind: 'unknown' };
  }

  /** Asks what to start and remembers the answer. Answers false when the person leaves the question open. */
  async ask(id: FolderServiceId): Promise<boolean> {
    const folder = await askFolder();
    const answer = folder && (await askDefinition(id, folder));
    if (folder === undefined || answer === undefined) {
      return false;
    }
    await this.#memory.update(keyOf(id, folder), answer);
    return true;
  }

  #inFolder(id: FolderServiceId, folder: vscode.WorkspaceFolder): ServiceChoice {
    const key = `sightline.${id}` as const;
    const setting = parseServiceSetting(key, getSetting(key, folder));
    if (setting.kind === 'given') {
      return { ...setting, folder };
    }
    if (setting.kind === 'wrong') {
      return setting;
    }
    const remembered = this.#memory.get<string>(keyOf(id, folder));
    if (remembered === undefined) {
      return { kind: 'unknown' };
    }
    return remembered === nothing ? { kind: 'none' } : { kind: 'given', definition: definitionOf(remembered), folder };
  }
}

const nothing = 'nothing';

function keyOf(id: FolderServiceId, folder: vscode.WorkspaceFolder): string {
  return `choice:${id}:${folder.uri.toString()}`;
}

/** Remembered as a name, or as `$ ` and a command line. */
function definitionOf(remembered: string): ServiceDefinition {
  if (!remembered.startsWith('$ ')) {
    return parseName(remembered);
  }
  const [command = '', ...args] = splitCommandLine(remembered.slice(2));
  return { kind: 'process', command, args, env: {} };
}

/** Splits at spaces outside of quotes; no shell is involved. */
function splitCommandLine(line: string): string[] {
  return (line.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll(/^(["'])(.*)\1$/g, '$2'));
}

async function askFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.length > 1
    ? await vscode.window.showWorkspaceFolderPick({ placeHolder: 'Which folder?' })
    : folders[0];
}

interface ChoiceItem extends vscode.QuickPickItem {
  readonly answer?: string;
}

async function askDefinition(id: FolderServiceId, folder: vscode.WorkspaceFolder): Promise<string | undefined> {
  const picked = await vscode.window.showQuickPick<ChoiceItem>(itemsOf(id, folder), {
    title: `What starts the ${id} of ${folder.name}?`,
    placeHolder: `Remembered for this folder; the setting sightline.${id} wins over it`,
    matchOnDescription: true,
  });
  return picked?.answer === typed ? await askCommandLine(id) : picked?.answer;
}

const typed = 'typed';

async function itemsOf(id: FolderServiceId, folder: vscode.WorkspaceFolder): Promise<ChoiceItem[]> {
  const tasks = await vscode.tasks.fetchTasks();
  const own = tasks.filter(
    ({ source, definition }) =>
      source === 'Workspace' || (definition.type !== 'npm' && definition.type !== 'sightline'),
  );
  return [
    ...group('Scripts of package.json', 'npm', await loadScripts(folder), 'symbol-event'),
    ...group('Launch configurations', 'launch', launchNames(folder), 'debug-alt'),
    ...group(
      'Tasks',
      'task',
      own.map(({ name }) => name),
      'tasklist',
    ),
    ...group('Services of the compose file', 'compose', await composeServiceNames(folder), 'package'),
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    { label: 'A command…', iconPath: new vscode.ThemeIcon('terminal'), answer: typed },
    {
      label: `No ${id}`,
      iconPath: new vscode.ThemeIcon('circle-slash'),
      description: 'and do not ask again',
      answer: nothing,
    },
  ];
}

function group(title: string, prefix: string, names: readonly string[], icon: string): ChoiceItem[] {
  const items = names.map((name) => ({
    label: name === allServices ? 'All services' : name,
    iconPath: new vscode.ThemeIcon(icon),
    answer: `${prefix}: ${name}`,
  }));
  return items.length === 0 ? [] : [{ label: title, kind: vscode.QuickPickItemKind.Separator }, ...items];
}

async function askCommandLine(id: FolderServiceId): Promise<string | undefined> {
  const line = await vscode.window.showInputBox({
    title: `Command that starts the ${id}`,
    placeHolder: id === 'backend' ? 'flask run --port 4567' : 'docker compose up db',
    prompt: 'Run in the folder, without a shell. Quotes keep an argument together.',
  });
  return line === undefined || line.trim() === '' ? undefined : `$ ${line.trim()}`;
}
