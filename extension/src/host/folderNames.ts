import * as vscode from 'vscode';
import { parseScripts } from '../services/packageScripts.ts';

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
