import type { SamplingImport } from '@sightline/hub/client/samplingApi';
import { parseRuleFile } from '@sightline/telemetry/sampling/ruleFile';
import * as vscode from 'vscode';
import { UserError } from '../userError.ts';
import { keepsText } from './samplingRows.ts';
import { toCountText } from './tracesText.ts';

/** Where rule files usually are: as the AWS CLI's documentation and tutorials have them. */
const usualFiles = '**/{aws/json,sampling}/*.json';
const mostFiles = 50;

/** Lets a person choose files with rules; their rules as one text, or `undefined` where nothing was chosen. Throws `UserError` for a file that has none. */
export async function pickRuleFiles(): Promise<string | undefined> {
  const found = await vscode.workspace.findFiles(usualFiles, '**/node_modules/**', mostFiles);
  const browse = { label: '$(folder-opened) Choose Other Files…', uri: undefined };
  const files = found
    .map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }))
    .toSorted((one, other) => one.label.localeCompare(other.label, 'en'));
  const picked =
    files.length === 0
      ? [browse]
      : await vscode.window.showQuickPick([...files, browse], {
          title: 'Import Sampling Rules',
          placeHolder: 'Files in the form of aws xray create-sampling-rule --cli-input-json',
          canPickMany: true,
          ignoreFocusOut: true,
        });
  if (picked === undefined || picked.length === 0) {
    return undefined;
  }
  const chosen = picked.flatMap(({ uri }) => (uri === undefined ? [] : [uri]));
  const others = picked.some(({ uri }) => uri === undefined) ? await browseFiles() : [];
  const rules = await Promise.all([...chosen, ...others].map(readRules));
  return rules.length === 0 ? undefined : JSON.stringify(rules.flat());
}

/** Shows what an import changes, and asks. `where` is the end of the question. */
export async function confirmImport({ changes }: SamplingImport, where: string): Promise<boolean> {
  const wanted = changes.filter(({ kind }) => kind !== 'same');
  if (wanted.length === 0) {
    await vscode.window.showInformationMessage('The rules are as in the file already.');
    return false;
  }
  const detail = renderImport({ changes });
  const question = `Import ${toCountText(wanted.length, 'sampling rule')}${where}?`;
  return (await vscode.window.showInformationMessage(question, { modal: true, detail }, 'Import')) === 'Import';
}

/** What an import changes, a line a rule. */
export function renderImport({ changes }: SamplingImport): string {
  return changes
    .map(({ rule, kind, differences }) => {
      switch (kind) {
        case 'new':
          return `New: ${rule.RuleName} keeps ${keepsText(rule)}, priority ${rule.Priority}`;
        case 'changed':
          return `Changed: ${rule.RuleName}: ${differences.join(', ')}`;
        case 'same':
          return `As it is: ${rule.RuleName}`;
      }
    })
    .join('\n');
}

async function browseFiles(): Promise<readonly vscode.Uri[]> {
  const filters = { 'Sampling rules': ['json'] };
  return (await vscode.window.showOpenDialog({ canSelectMany: true, filters, openLabel: 'Import' })) ?? [];
}

async function readRules(uri: vscode.Uri): Promise<readonly unknown[]> {
  const parsed = parseRuleFile(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
  if (!parsed.ok) {
    throw new UserError(`${vscode.workspace.asRelativePath(uri)}: ${parsed.problems.join(' ')}`);
  }
  return parsed.rules;
}
