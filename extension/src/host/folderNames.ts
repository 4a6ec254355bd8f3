import * as vscode from 'vscode';
import { composeFilesIn, parseComposeModel } from '../services/composeFile.ts';
import { allServices } from '../services/composeRun.ts';
import { parseScripts } from '../services/packageScripts.ts';
import { getSetting } from './settings.ts';

/** The scripts of a folder's package.json; none where it has no package.json. */
export async function loadScripts(folder: vscode.WorkspaceFolder): Promise<readonly string[]> {
  try {
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder.uri, 'package.json'));
    return parseScripts(new TextDecoder().decode(bytes));
  } catch {
    // Most folders of other languages have none.
    return [];
  }
}

/** The names of a folder's launch configurations. */
export function launchNames(folder: vscode.WorkspaceFolder): readonly string[] {
  const configurations =
    vscode.workspace
      .getConfiguration('launch', folder)
      .get<{ name?: unknown; request?: unknown }[]>('configurations') ?? [];
  return configurations.flatMap(({ name, request }) =>
    typeof name === 'string' && request === 'launch' ? [name] : [],
  );
}

/** The services of a folder's compose file, then `*` for all of them; none where it has no such file, or one that is no YAML. */
export async function composeServiceNames(folder: vscode.WorkspaceFolder): Promise<readonly string[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(folder.uri);
    const named = getSetting('sightline.compose.file', folder);
    const files = named === null ? (composeFilesIn(entries.map(([name]) => name)) ?? []) : [named];
    const texts = files.map(async (file) => {
      const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder.uri, file));
      return parseComposeModel(new TextDecoder().decode(bytes)).services.map(({ name }) => name);
    });
    const names = [...new Set((await Promise.all(texts)).flat())];
    return names.length === 0 ? [] : [...names, allServices];
  } catch {
    // What cannot be read offers nothing; starting says why.
    return [];
  }
}
