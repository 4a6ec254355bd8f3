import type { StackFrameJson } from '@sightline/hub/client/api';
import * as vscode from 'vscode';
import { bestMatch, framePlaces, isOwnFrame } from './framePaths.ts';

/** Most files that a search for a frame may answer; more share a name too common to tell them apart. */
const maxFound = 50;
const neverSearched = '**/{node_modules,.venv,venv,site-packages,.git}/**';

/** Shows the line of the first frame that is a file of the workspace, the app's own frames first. Answers false where none is. */
export async function goToFrame(stack: readonly StackFrameJson[]): Promise<boolean> {
  const own = stack.filter(({ path }) => isOwnFrame(path));
  for (const frame of own) {
    const uri = await findFrame(frame.path);
    if (uri !== undefined) {
      await showLine(uri, frame);
      return true;
    }
  }
  return false;
}

async function findFrame(path: string): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const { files, tails } = framePlaces(
    path,
    folders.map(({ uri }) => uri.path),
  );
  for (const file of files) {
    const folder = folders.find(({ uri }) => file.startsWith(`${uri.path.replace(/\/$/, '')}/`));
    const uri = folder?.uri.with({ path: file });
    if (uri !== undefined && (await isFile(uri))) {
      return uri;
    }
  }
  for (const tail of tails) {
    const found = await vscode.workspace.findFiles(`**/${escapedGlob(tail)}`, neverSearched, maxFound);
    const best = bestMatch(
      path,
      found.map((uri) => uri.path),
    );
    if (best !== undefined) {
      return found.find((uri) => uri.path === best);
    }
  }
  return undefined;
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
  } catch {
    // It is only one of the places where the file might be.
    return false;
  }
}

async function showLine(uri: vscode.Uri, { line, column }: StackFrameJson): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const at = document.validatePosition(
    new vscode.Position(Math.max(0, (line ?? 1) - 1), Math.max(0, (column ?? 1) - 1)),
  );
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at), preview: true });
}

function escapedGlob(tail: string): string {
  return tail.replaceAll(/[[\]{}*?]/g, (sign) => `[${sign}]`);
}
