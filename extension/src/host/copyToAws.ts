import { differencesOf } from '@sightline/telemetry/sampling/ruleDifferences';
import type { SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import * as vscode from 'vscode';
import type { XRayRules } from '../sources/aws/xrayRules.ts';
import type { FilterSource, SavedFilter } from '../sources/filterSource.ts';
import type { SamplingSource } from '../sources/samplingSource.ts';
import { UserError } from '../userError.ts';
import { toCountText } from './tracesText.ts';

/** One thing that is here and would be written to AWS. */
interface Offer<T> {
  readonly name: string;
  readonly value: T;
  readonly kind: 'new' | 'changed' | 'same';
  /** What would become of it, as text. */
  readonly difference: string;
}

/** Writes chosen local sampling rules to X-Ray, after the difference was shown. */
export async function copySamplingRules(here: SamplingSource, rules: XRayRules | undefined): Promise<void> {
  const there = orNoAccount(rules);
  const [local, cloud] = await Promise.all([here.listRules(), there.listRules()]);
  const before = new Map(cloud.map((rule) => [rule.RuleName, rule]));
  const offers = local.rules.map(({ rule }) => offerRule(rule, before.get(rule.RuleName)));
  const chosen = await chooseOffers('sampling rule', offers, there.account.label);
  for (const { value, kind } of chosen) {
    // oxlint-disable-next-line no-await-in-loop -- where one is refused, those before it are written and no other is.
    await there.putRule(value, kind === 'new');
  }
}

/** Writes chosen saved filters to X-Ray as groups, after the difference was shown. */
export async function copySavedFilters(here: FilterSource, rules: XRayRules | undefined): Promise<void> {
  const there = orNoAccount(rules);
  const [local, cloud] = await Promise.all([here.listSavedFilters(), there.listGroups()]);
  const before = new Map(cloud.map(({ name, filter }) => [name, filter]));
  const offers = local.map((saved) => offerFilter(saved, before.get(saved.name)));
  const chosen = await chooseOffers('saved filter', offers, there.account.label);
  for (const { value, kind } of chosen) {
    // oxlint-disable-next-line no-await-in-loop -- where one is refused, those before it are written and no other is.
    await there.putGroup(value, kind === 'new');
  }
}

function offerRule(value: SamplingRule, before: SamplingRule | undefined): Offer<SamplingRule> {
  const differences = before === undefined ? [] : differencesOf(before, value);
  const kind = before === undefined ? 'new' : differences.length === 0 ? 'same' : 'changed';
  const difference =
    before === undefined ? `rate ${value.FixedRate}, reservoir ${value.ReservoirSize}` : differences.join(', ');
  return { name: value.RuleName, value, kind, difference };
}

function offerFilter(value: SavedFilter, before: string | undefined): Offer<SavedFilter> {
  const kind = before === undefined ? 'new' : before === value.filter ? 'same' : 'changed';
  return {
    name: value.name,
    value,
    kind,
    difference: kind === 'changed' ? `${before} → ${value.filter}` : value.filter,
  };
}

async function chooseOffers<T>(what: string, offers: readonly Offer<T>[], where: string): Promise<readonly Offer<T>[]> {
  const items = offers
    .filter(({ kind }) => kind !== 'same')
    .map((offer) => ({ label: offer.name, description: offer.kind, detail: offer.difference, offer }));
  if (items.length === 0) {
    await vscode.window.showInformationMessage(`Every ${what} that is here is the same in ${where}.`);
    return [];
  }
  const picked = await vscode.window.showQuickPick(items, {
    title: `Copy ${what}s to ${where}`,
    placeHolder: 'What differs; nothing is written yet',
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (picked === undefined || picked.length === 0) {
    return [];
  }
  const detail = picked.map(
    ({ offer }) => `${offer.kind === 'new' ? 'New' : 'Changed'}: ${offer.name}: ${offer.difference}`,
  );
  const question = `Write ${toCountText(picked.length, what)} to ${where}?`;
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail: detail.join('\n') }, 'Write');
  return answer === 'Write' ? picked.map(({ offer }) => offer) : [];
}

function orNoAccount(rules: XRayRules | undefined): XRayRules {
  if (rules === undefined) {
    throw new UserError('Choose the AWS account first that they are to be copied to.', {
      actions: [{ label: 'Choose Source', command: 'sightline.chooseSource' }],
    });
  }
  return rules;
}
