import type { StackFrameJson } from '@sightline/hub/client/api';
import * as vscode from 'vscode';
import { bestMatch, framePlaces, isOwnFrame } from './framePaths.ts';
import { SourceMaps, type SourcePlace } from './sourceMaps.ts';

/** Most files that a search for a frame may answer; more share a name too common to tell them apart. */
const maxFound = 50;
const neverSearched = '**/{node_modules,.venv,venv,site-packages,.git}/**';
/** Files that a compiler or bundler may have written. */
const generated = /\.(?:[cm]?js|jsx)$/i;

/**
 * Shows the line of the first frame that is a file of the workspace, the app's own frames first; where a compiler wrote that file, the line
 * that it was compiled from. Answers false where there is none.
 */
export async function goToFrame(stack: readonly StackFrameJson[]): Promise<boolean> {
  let inLibrary: FoundFrame | undefined;
  for (const frame of stack.filter(({ path }) => isOwnFrame(path))) {
    const found = await findFrame(frame);
    if (found?.isOwn === true) {
      await showLine(found);
      return true;
    }
    inLibrary ??= found;
  }
  if (inLibrary !== undefined) {
    await showLine(inLibrary);
  }
  return inLibrary !== undefined;
}

interface FoundFrame {
  readonly uri: vscode.Uri;
  readonly line: number;
  readonly column: number;
  /** False for a library that was bundled into a file of the app. */
  readonly isOwn: boolean;
}

async function findFrame({ path, line = 1, column }: StackFrameJson): Promise<FoundFrame | undefined> {
  const uri = await findFile(path);
  if (uri === undefined) {
    return undefined;
  }
  const asItStands = { uri, line, column: column ?? 1, isOwn: true };
  const original = generated.test(uri.path)
    ? await sourceMaps.originalOf(uri.path, { line, ...(column !== undefined && { column }) })
    : undefined;
  return original === undefined ? asItStands : ((await findOriginal(original)) ?? asItStands);
}

async function findOriginal({ path, line, column }: SourcePlace): Promise<FoundFrame | undefined> {
  const isOwn = isOwnFrame(path);
  const uri = await findFile(path);
  return uri === undefined ? undefined : { uri, line, column, isOwn };
}

async function findFile(path: string): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const { files, tails } = framePlaces(
    path,
    folders.map(({ uri }) => uri.path),
  );
  for (const file of files) {
    const uri = inWorkspace(file);
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

/** Reads what is in the workspace only: where a map is, says a file that anybody may have written. */
const sourceMaps = new SourceMaps({
  async read(path) {
    const uri = inWorkspace(path);
    if (uri === undefined || !(await isFile(uri))) {
      return undefined;
    }
    return Buffer.from(await vscode.workspace.fs.readFile(uri)).toString();
  },
});

function inWorkspace(path: string): vscode.Uri | undefined {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const folder = folders.find(({ uri }) => path.startsWith(`${uri.path.replace(/\/$/, '')}/`));
  return folder?.uri.with({ path });
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
  } catch {
    // It is only one of the places where the file might be.
    return false;
  }
}

async function showLine({ uri, line, column }: FoundFrame): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const at = document.validatePosition(new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1)));
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at), preview: true });
}

function escapedGlob(tail: string): string {
  return tail.replaceAll(/[[\]{}*?]/g, (sign) => `[${sign}]`);
}
