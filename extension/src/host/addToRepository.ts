import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import { filesToRead, planRepository, type PlannedFile, type RepositoryPart } from '../services/repositoryPlan.ts';
import { UserError } from '../userError.ts';

const scheme = 'sightline-plan';

/** Writes what a repository needs to be watched by Sightline, after it has shown what would change. */
export class AddToRepository extends Disposable implements vscode.TextDocumentContentProvider {
  readonly #texts = new Map<string, string>();
  readonly #changed = this.register(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.#changed.event;

  constructor() {
    super();
    this.register(vscode.workspace.registerTextDocumentContentProvider(scheme, this));
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  /** Asks which parts, shows the changes and writes them once they are confirmed. Rejects with a `UserError` where a file cannot be written; then none is. */
  async run(): Promise<void> {
    const folder = await askFolder();
    const plan = folder && planRepository(await readTexts(folder));
    const chosen = plan && (await askParts(plan));
    if (folder === undefined || chosen === undefined || chosen.length === 0) {
      return;
    }
    await this.#showChanges(folder, chosen);
    if (await confirm(folder, chosen)) {
      await write(folder, chosen);
      await closeChanges();
      void vscode.window.setStatusBarMessage(`Sightline: ${countOf(chosen)} written in ${folder.name}.`, 5_000);
    } else {
      await closeChanges();
    }
  }

  async #showChanges(folder: vscode.WorkspaceFolder, files: readonly PlannedFile[]): Promise<void> {
    const resources = files.map(({ path, before, after }) => {
      const label = vscode.Uri.joinPath(folder.uri, path);
      const [left, right] = [before ?? '', after].map((text, side) => {
        const uri = vscode.Uri.from({ scheme, path: label.path, query: side === 0 ? 'before' : 'after' });
        this.#texts.set(uri.toString(), text);
        this.#changed.fire(uri);
        return uri;
      });
      return [label, before === undefined ? undefined : left, right];
    });
    await vscode.commands.executeCommand('vscode.changes', changesTitle, resources);
  }
}

const changesTitle = 'Sightline: Add to This Repository';

async function askFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 0) {
    throw new UserError('Open a folder first: its files are what is added to.', {
      actions: [{ label: 'Open Folder', command: 'workbench.action.files.openFolder' }],
    });
  }
  return folders.length > 1
    ? await vscode.window.showWorkspaceFolderPick({ placeHolder: 'Add Sightline to which folder?' })
    : folders[0];
}

/** What a person has open and not saved counts: it would be overwritten otherwise. */
async function readTexts(folder: vscode.WorkspaceFolder): Promise<Record<string, string | undefined>> {
  const texts = filesToRead.map(async (path) => [path, await readText(vscode.Uri.joinPath(folder.uri, path))] as const);
  return Object.fromEntries(await Promise.all(texts));
}

async function readText(uri: vscode.Uri): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) {
    return open.getText();
  }
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') {
      return undefined;
    }
    throw new UserError(`${uri.fsPath} cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}

const partNames: Record<RepositoryPart, { readonly label: string; readonly detail: string }> = {
  devContainer: { label: 'Dev container', detail: 'Hub, environment and extension by Sightline’s Feature' },
  xrayDaemon: { label: 'X-Ray daemon', detail: 'A service of the compose file that hands segments to the hub' },
  environmentExample: { label: 'Environment example', detail: 'The variables that point programs at the hub' },
  tasks: { label: 'Tasks', detail: 'Compose up, logs and down' },
};

async function askParts(plan: readonly PlannedFile[]): Promise<readonly PlannedFile[] | undefined> {
  const problems = plan.flatMap(({ problem }) => problem ?? []);
  const possible = plan.filter(({ before, after }) => before !== after);
  if (possible.length === 0) {
    const message = problems.length === 0 ? 'All of it is in this repository already.' : problems.join(' ');
    throw new UserError(message);
  }
  const items = possible.map((file) => ({
    ...partNames[file.part],
    description: `${file.path} · ${file.before === undefined ? 'new' : 'changed'}`,
    picked: true,
    file,
  }));
  const placeHolder = problems.length === 0 ? 'The changes are shown before anything is written' : problems.join(' ');
  const options = { title: 'Add to This Repository', placeHolder, canPickMany: true, ignoreFocusOut: true } as const;
  return (await vscode.window.showQuickPick(items, options))?.map(({ file }) => file);
}

/** In a list that stays while the changes below it are looked at; a message would leave by itself. */
async function confirm(folder: vscode.WorkspaceFolder, files: readonly PlannedFile[]): Promise<boolean> {
  const answer = `Write ${countOf(files)}`;
  const options = {
    title: `Write these changes to ${folder.name}?`,
    placeHolder: 'Nothing has been written yet',
    ignoreFocusOut: true,
  };
  return (await vscode.window.showQuickPick([answer, 'Cancel'], options)) === answer;
}

function countOf(files: readonly PlannedFile[]): string {
  return files.length === 1 ? '1 file' : `${files.length} files`;
}

/** Writes all or none: what changed since it was shown is not overwritten, and where one cannot be written, those before it are put back. */
async function write(folder: vscode.WorkspaceFolder, files: readonly PlannedFile[]): Promise<void> {
  for (const { path, before } of files) {
    if ((await readText(vscode.Uri.joinPath(folder.uri, path))) !== before) {
      throw new UserError(
        `${path} has changed since its changes were shown, so nothing was written. Run the command again.`,
      );
    }
  }
  const written: PlannedFile[] = [];
  try {
    for (const file of files) {
      await writeText(vscode.Uri.joinPath(folder.uri, file.path), file.after);
      written.push(file);
    }
  } catch (error) {
    await Promise.all(written.map((file) => putBack(folder, file)));
    const failed = files[written.length]?.path ?? '';
    throw new UserError(`${failed} cannot be written, so nothing was: ${messageOf(error)}.`, { cause: error });
  }
}

async function writeText(uri: vscode.Uri, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
}

async function putBack(folder: vscode.WorkspaceFolder, { path, before }: PlannedFile): Promise<void> {
  const uri = vscode.Uri.joinPath(folder.uri, path);
  await (before === undefined ? vscode.workspace.fs.delete(uri) : writeText(uri, before));
}

async function closeChanges(): Promise<void> {
  const tabs = vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(({ label }) => label.startsWith(changesTitle));
  await vscode.window.tabGroups.close(tabs);
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}
