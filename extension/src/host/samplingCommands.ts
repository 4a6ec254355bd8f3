import type { SamplingRequest } from '@sightline/telemetry/sampling/samplingRequest';
import { isDefaultRule, type SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import * as vscode from 'vscode';
import type { KnownRule } from '../sources/samplingSource.ts';
import { UserError } from '../userError.ts';
import type { SamplingCommands } from './commandTable.ts';
import type { ReportDocuments } from './reportDocuments.ts';
import type { SamplingController } from './samplingController.ts';
import type { SamplingDocuments } from './samplingDocuments.ts';
import { memberHints, memberTroubleOf, newRule, withMember } from './samplingEdit.ts';
import { confirmImport, pickRuleFiles } from './samplingImport.ts';
import { parseRequestLine, renderDryRun, renderExplanation } from './samplingReportText.ts';
import { keepsText, shownMembers, type SamplingNode, type ShownMember } from './samplingRows.ts';
import type { SelectedRow } from './selectedRow.ts';

/** Asked one after the other for a new rule; what else there is can be changed afterwards. */
const newRuleSteps = ['RuleName', 'ServiceName', 'URLPath', 'FixedRate', 'ReservoirSize', 'Priority'] as const;

/** The commands of the Sampling view. From a row they get the row; from the palette they take the selected row, or ask for a rule. */
export class SamplingViewCommands {
  readonly #controller: SamplingController;
  readonly #selected: SelectedRow<SamplingNode>;
  readonly #documents: SamplingDocuments;
  readonly #reports: ReportDocuments;
  /** What was typed last, to start from. */
  #request = { line: 'GET http://localhost:4567/', service: '' };

  constructor(
    controller: SamplingController,
    selected: SelectedRow<SamplingNode>,
    documents: SamplingDocuments,
    reports: ReportDocuments,
  ) {
    this.#controller = controller;
    this.#selected = selected;
    this.#documents = documents;
    this.#reports = reports;
  }

  readonly handlers: SamplingCommands = {
    'sightline.refreshSampling': () => inView(() => this.#controller.refresh()),
    'sightline.createSamplingRule': () => this.#create(),
    'sightline.editSamplingRule': (node) => this.#withRule(node, (rule, chosen) => this.#edit(rule, chosen)),
    'sightline.openSamplingRule': (node) => this.#withRule(node, ({ rule }) => this.#documents.show(rule.RuleName)),
    'sightline.deleteSamplingRule': (node) => this.#withRule(node, (rule) => this.#delete(rule)),
    'sightline.importSamplingRules': () => this.#import(),
    'sightline.dryRunSampling': () => this.#dryRun(),
    'sightline.explainSampling': () => this.#explain(),
  };

  async #create(): Promise<void> {
    await this.#controller.whenCurrent();
    const names = new Set(this.#controller.state.sampling?.rules.map(({ rule }) => rule.RuleName));
    let rule = newRule;
    for (const [index, member] of newRuleSteps.entries()) {
      const title = `Create Sampling Rule (${index + 1} of ${newRuleSteps.length}): ${member}`;
      // oxlint-disable-next-line no-await-in-loop -- one question after the other.
      const text = await this.#ask(rule, member, title, (name) =>
        member === 'RuleName' && names.has(name) ? 'There is a sampling rule of this name.' : undefined,
      );
      if (text === undefined) {
        return;
      }
      rule = withMember(rule, member, text);
    }
    await this.#controller.source.createRule(rule);
    await inView(() => this.#controller.refresh());
  }

  async #edit({ rule }: KnownRule, node: SamplingNode): Promise<void> {
    const member = node.kind === 'member' ? node.member : await pickMember(rule);
    if (member === undefined) {
      return;
    }
    const text = await this.#ask(rule, member, `${rule.RuleName}: ${member}`);
    if (text !== undefined) {
      await this.#controller.source.changeRule(withMember(rule, member, text));
      await inView(() => this.#controller.refresh());
    }
  }

  async #ask(
    rule: SamplingRule,
    member: ShownMember | 'RuleName',
    title: string,
    troubleOf: (text: string) => string | undefined = () => undefined,
  ): Promise<string | undefined> {
    return await vscode.window.showInputBox({
      title,
      prompt: memberHints[member],
      value: String(rule[member]),
      ignoreFocusOut: true,
      validateInput: (text) => memberTroubleOf(rule, member, text) ?? troubleOf(text.trim()),
    });
  }

  async #delete({ rule, origin }: KnownRule): Promise<void> {
    if (isDefaultRule(rule)) {
      throw new UserError('The default rule cannot be deleted; its rate and its reservoir can be changed.');
    }
    const { isShared, label } = this.#controller.source;
    const again = origin === 'custom' ? '' : ' It was built in; a new hub with another data directory has it again.';
    const whose = isShared ? `It is deleted in ${label}, for everybody who uses this account. ` : '';
    const detail = `${whose}SDKs that report learn of it within 10 seconds, that for Node within 5 minutes. What it caught goes to the rules below it.${again}`;
    const question = `Delete the sampling rule "${rule.RuleName}"?`;
    if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Delete')) === 'Delete') {
      await this.#controller.source.deleteRule(rule.RuleName);
      await inView(() => this.#controller.refresh());
    }
  }

  async #import(): Promise<void> {
    const text = await pickRuleFiles();
    const { source } = this.#controller;
    const where = source.isShared ? ` into ${source.label}` : '';
    if (text !== undefined && (await confirmImport(await source.previewImport(text), where))) {
      await source.importRules(text);
      await inView(() => this.#controller.refresh());
    }
  }

  async #dryRun(): Promise<void> {
    const location = vscode.ProgressLocation.Notification;
    const title = 'Sightline: trying the rules on the last hour…';
    await vscode.window.withProgress({ location, title, cancellable: true }, async (_progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort(new vscode.CancellationError()));
      const run = await this.#controller.source.dryRun(abort.signal);
      await this.#reports.show('Sampling Dry Run', renderDryRun(run), 'plaintext');
    });
  }

  async #explain(): Promise<void> {
    const line = await vscode.window.showInputBox({
      title: 'Which Rule Catches… (1 of 2): the request',
      prompt: 'The method and the address as a program calls it, with port and query.',
      value: this.#request.line,
      ignoreFocusOut: true,
      validateInput: (text) =>
        parseRequestLine(text) === undefined ? 'Write it as GET http://localhost:4567/path?query=1.' : undefined,
    });
    const request = line === undefined ? undefined : parseRequestLine(line);
    if (line === undefined || request === undefined) {
      return;
    }
    const service = await vscode.window.showInputBox({
      title: 'Which Rule Catches… (2 of 2): the service',
      prompt: 'The name of its segments (AWS_XRAY_TRACING_NAME). Empty matches any ServiceName.',
      value: this.#request.service,
      ignoreFocusOut: true,
    });
    if (service === undefined) {
      return;
    }
    this.#request = { line, service };
    await this.#showExplanation({ ...request, ...(service.trim() !== '' && { service: service.trim() }) });
  }

  async #showExplanation(request: SamplingRequest): Promise<void> {
    const sdks = [
      { label: 'X-Ray SDK for Node', description: 'compares the path with its query', sdk: 'node' },
      { label: 'X-Ray SDK for Python', description: 'compares the path alone', sdk: 'python' },
      { label: 'Another SDK', description: 'Java, Go, .NET, or a sampler that asks X-Ray', sdk: 'other' },
    ] as const;
    const picked = await vscode.window.showQuickPick(sdks, { title: 'Which Rule Catches…: who decides' });
    if (picked !== undefined) {
      const question = { request, sdk: picked.sdk, perSecond: 10 };
      const answer = await this.#controller.source.explain(question);
      await this.#reports.show('Sampling of a Request', renderExplanation(question, answer), 'plaintext');
    }
  }

  async #withRule(
    node: SamplingNode | undefined,
    act: (rule: KnownRule, chosen: SamplingNode) => Promise<void>,
  ): Promise<void> {
    await this.#controller.whenCurrent();
    const chosen = node ?? this.#selected.current ?? (await this.#pickRule());
    const rule = chosen === undefined ? undefined : this.#controller.ruleOf(chosen.rule);
    if (chosen !== undefined && rule !== undefined) {
      await act(rule, chosen);
    }
  }

  async #pickRule(): Promise<SamplingNode | undefined> {
    const { sampling, source, failure } = this.#controller.state;
    if (sampling === undefined && failure !== undefined) {
      throw new UserError(failure);
    }
    if (sampling === undefined) {
      throw new UserError(
        source.kind === 'failed' ? source.message : 'The Sightline hub is not running. Start it in the Services view.',
        { actions: [{ label: 'Start', command: 'sightline.start' }] },
      );
    }
    const items = sampling.rules.map(({ rule }) => ({ label: rule.RuleName, description: keepsText(rule) }));
    const picked = await vscode.window.showQuickPick(items, { title: 'Choose a Sampling Rule' });
    return picked === undefined ? undefined : { kind: 'rule', rule: picked.label };
  }
}

async function pickMember(rule: SamplingRule): Promise<ShownMember | undefined> {
  const members = isDefaultRule(rule) ? (['FixedRate', 'ReservoirSize'] as const) : shownMembers;
  const items = members.map((member) => ({
    label: member,
    description: String(rule[member]),
    detail: memberHints[member],
    member,
  }));
  return (await vscode.window.showQuickPick(items, { title: `Edit ${rule.RuleName}` }))?.member;
}

/** Shows at the top of the view that something is under way, if it takes long enough to be seen. */
async function inView<T>(work: () => Promise<T>): Promise<T> {
  return await vscode.window.withProgress({ location: { viewId: 'sightline.sampling' } }, work);
}
