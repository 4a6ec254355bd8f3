import * as vscode from 'vscode';
import { Disposable } from '../lifetime.ts';
import type { AwsAccount } from '../sources/aws/awsAccount.ts';
import { runInsightsQuery, type InsightsAnswer } from '../sources/aws/insightsQuery.ts';
import { followLiveTail } from '../sources/aws/liveTail.ts';
import type { LogSource } from '../sources/logSource.ts';
import { UserError } from '../userError.ts';
import { withProgress } from './progress.ts';
import type { ReportDocuments } from './reportDocuments.ts';
import { traceWindowMillis } from './traceWindow.ts';
import { toCountText, toLocalTimeText } from './tracesText.ts';

const sampledNote = '… more than 500 lines a second: AWS shows a sample of them';
const firstQuery = 'fields @timestamp, @message | sort @timestamp desc | limit 100';

/** Live tail and Logs Insights of the AWS account that is looked at. */
export class CloudLogs extends Disposable {
  readonly #account: () => AwsAccount | undefined;
  readonly #logs: LogSource;
  readonly #documents: ReportDocuments;
  #output: vscode.OutputChannel | undefined;
  #query = firstQuery;

  constructor(account: () => AwsAccount | undefined, logs: LogSource, documents: ReportDocuments) {
    super();
    this.#account = account;
    this.#logs = logs;
    this.#documents = documents;
    this.register({ dispose: () => this.#output?.dispose() });
  }

  /** Writes the lines of a group as they come to an output, until a person stops it in the message. */
  async tail(): Promise<void> {
    const account = this.#chosen();
    const group = await this.#pickGroup('Live Tail');
    const prompt =
      'A CloudWatch Logs filter pattern. Empty shows all lines. AWS charges by the minute after 1,800 free ones a month.';
    const pattern = group && (await vscode.window.showInputBox({ title: `Live Tail of ${group}`, prompt }));
    if (group === undefined || pattern === undefined) {
      return;
    }
    this.#output ??= vscode.window.createOutputChannel('Sightline Live Tail', 'log');
    const output = this.#output;
    output.show(true);
    output.appendLine(`── ${account.label} ${group} ──`);
    const question = { group, pattern: pattern === '' ? undefined : pattern };
    await withProgress(`Live tail of ${group}`, (signal) =>
      followLiveTail(
        account,
        question,
        ({ lines, isSampled }) => {
          for (const { timestamp = 0, logStreamName = '', message = '' } of lines) {
            output.appendLine(`${toLocalTimeText(timestamp)} ${logStreamName} ${message.trimEnd()}`);
          }
          if (isSampled) {
            output.appendLine(sampledNote);
          }
        },
        signal,
      ),
    );
    output.appendLine('── AWS ended the session, as it does after three hours ──');
  }

  /** Asks for a query and shows its result as a table. */
  async query(): Promise<void> {
    const account = this.#chosen();
    const group = await this.#pickGroup('Query Logs Insights');
    const prompt = 'Looks as far back as the traces. AWS charges by the bytes scanned.';
    const query = group && (await vscode.window.showInputBox({ title: `Query ${group}`, value: this.#query, prompt }));
    if (group === undefined || query === undefined || query.trim() === '') {
      return;
    }
    this.#query = query;
    const to = Date.now();
    await withProgress('Logs Insights query', async (signal) => {
      const answer = await runInsightsQuery(account, { group, query, from: to - traceWindowMillis(), to }, signal);
      await this.#documents.show(
        `Insights ${group.replaceAll('/', ' ').trim()}.md`,
        tableOf(answer, query),
        'markdown',
      );
    });
  }

  async #pickGroup(title: string): Promise<string | undefined> {
    const groups = (await this.#logs.listGroups()).map(({ name }) => name);
    if (groups.length === 0) {
      throw new UserError('There is no log group in this account and region.');
    }
    return await vscode.window.showQuickPick(groups, { title, placeHolder: 'Log group' });
  }

  #chosen(): AwsAccount {
    const account = this.#account();
    if (account === undefined) {
      throw new UserError(
        'The Logs view and its table show local lines live already. This is for AWS: choose an account first.',
        {
          actions: [{ label: 'Choose Source', command: 'sightline.chooseSource' }],
        },
      );
    }
    return account;
  }
}

function tableOf({ fields, rows, bytesScanned, recordsMatched }: InsightsAnswer, query: string): string {
  const table =
    fields.length === 0 ? ['No line matches.'] : [line(fields), line(fields.map(() => '---')), ...rows.map(line)];
  const facts = `${toCountText(rows.length, 'row')} of ${toCountText(recordsMatched, 'matching line')}, ${(bytesScanned / 1e6).toFixed(1)} MB scanned`;
  return `\`\`\`\n${query}\n\`\`\`\n\n${facts}\n\n${table.join('\n')}\n`;
}

function line(cells: readonly string[]): string {
  return `| ${cells.map(cell).join(' | ')} |`;
}

function cell(text: string): string {
  return text
    .trim()
    .replaceAll('|', String.raw`\|`)
    .replaceAll(/\s+/g, ' ');
}
