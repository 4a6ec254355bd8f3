import { parseRuleFile, renderRuleFile } from '@sightline/telemetry/sampling/ruleFile';
import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import { UserError } from '../userError.ts';
import type { SamplingController } from './samplingController.ts';

const scheme = 'sightline-sampling';

/** Opens rules as documents of JSON, in the form that the AWS CLI takes; saving one changes the rule. */
export class SamplingDocuments extends Disposable implements vscode.FileSystemProvider {
  readonly #changed = this.register(new vscode.EventEmitter<vscode.FileChangeEvent[]>());
  readonly onDidChangeFile = this.#changed.event;
  readonly #controller: SamplingController;

  constructor(controller: SamplingController) {
    super();
    this.#controller = controller;
    this.register(vscode.workspace.registerFileSystemProvider(scheme, this, { isCaseSensitive: true }));
    this.register(controller.onDidChange(() => this.#tellOpenDocuments()));
  }

  async show(rule: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uriOf(rule));
    await vscode.languages.setTextDocumentLanguage(document, 'json');
    await vscode.window.showTextDocument(document);
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { modifiedAt = '0' } = await this.#load(uri);
    const { length } = await this.readFile(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime: Number(BigInt(modifiedAt) / 1_000_000n), size: length };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return new TextEncoder().encode(renderRuleFile((await this.#load(uri)).rule));
  }

  /** What is wrong with the text is in the message that the editor shows; the document stays unsaved then. */
  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const parsed = parseRuleFile(new TextDecoder().decode(content));
    if (!parsed.ok) {
      throw new UserError(parsed.problems.join(' '));
    }
    const [rule, ...others] = parsed.rules;
    if (rule === undefined || others.length > 0 || rule.RuleName !== nameOf(uri)) {
      throw new UserError(`This document is the one rule ${nameOf(uri)}: it has one rule, and the name stays.`);
    }
    if (!(await this.#controller.source.changeRule(rule))) {
      throw new UserError('The rule was left as it is there; what you wrote is still here.');
    }
    await this.#controller.refresh();
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  async #load(uri: vscode.Uri) {
    await this.#controller.whenCurrent();
    const found = this.#controller.ruleOf(nameOf(uri));
    if (found === undefined) {
      throw vscode.FileSystemError.FileNotFound(uri);
    }
    return found;
  }

  #tellOpenDocuments(): void {
    const open = vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === scheme);
    if (open.length > 0) {
      this.#changed.fire(open.map(({ uri }) => ({ type: vscode.FileChangeType.Changed, uri })));
    }
  }
}

function uriOf(rule: string): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${encodeURIComponent(rule)}.json` });
}

function nameOf({ path }: vscode.Uri): string {
  return decodeURIComponent(path.slice(1).replace(/\.json$/, ''));
}
