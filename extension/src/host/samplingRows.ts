import type { SamplingRuleJson } from '@sightline/hub/client/samplingApi';
import { isDefaultRule, type SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import type { KnownRule } from '../sources/samplingSource.ts';
import { ruleIn, type SamplingState } from './samplingController.ts';
import { toCountText } from './tracesText.ts';

/** One row of the Sampling tree: a rule, or one of its members below it. */
export type SamplingNode =
  | { readonly kind: 'rule'; readonly rule: string }
  | { readonly kind: 'member'; readonly rule: string; readonly member: ShownMember };

/** The members of a rule that a person reads and changes, in the order in which they are shown. */
export const shownMembers = [
  'Priority',
  'FixedRate',
  'ReservoirSize',
  'ServiceName',
  'ServiceType',
  'Host',
  'HTTPMethod',
  'URLPath',
  'ResourceARN',
] as const satisfies readonly (keyof SamplingRule)[];
export type ShownMember = (typeof shownMembers)[number];

/** A row as it is drawn. */
export interface DrawnSamplingRow {
  readonly label: string;
  readonly description: string;
  /** A codicon. */
  readonly icon: string | undefined;
  /** What a screen reader says instead of label and description. */
  readonly spoken: string;
  /** Words for the `when` clauses of menus. */
  readonly context: string;
  readonly isParent: boolean;
}

/** The same for the same row at any time: what the editor keeps expansion and selection by. */
export function samplingNodeIdOf(node: SamplingNode): string {
  return node.kind === 'rule' ? `rule/${node.rule}` : `rule/${node.rule}/${node.member}`;
}

/** The rules in order of priority. */
export function topSamplingNodesOf({ sampling }: SamplingState): readonly SamplingNode[] {
  return (sampling?.rules ?? []).map(({ rule }) => ({ kind: 'rule', rule: rule.RuleName }));
}

/** What a rule asks for, and where it stands. */
export function childSamplingNodesOf(node: SamplingNode): readonly SamplingNode[] {
  return node.kind === 'rule' ? shownMembers.map((member) => ({ kind: 'member', rule: node.rule, member })) : [];
}

/** What a row shows; `undefined` for a row whose rule has gone meanwhile. */
export function drawSamplingRow(state: SamplingState, node: SamplingNode): DrawnSamplingRow | undefined {
  const found = ruleIn(state, node.rule);
  if (found === undefined) {
    return undefined;
  }
  return node.kind === 'rule' ? drawRule(found, secondsOf(state)) : drawMember(found.rule, node.member);
}

/** The view as text: two spaces a level, `(icon) label  description` a line, with what is below the nodes that `isExpanded` says. */
export function renderSamplingTree(state: SamplingState, isExpanded: (node: SamplingNode) => boolean): string {
  const lineOf = (node: SamplingNode, indent: string): string => {
    const row = drawSamplingRow(state, node);
    return row === undefined
      ? ''
      : `${indent}${row.icon === undefined ? '' : `(${row.icon}) `}${row.label}  ${row.description}`;
  };
  return topSamplingNodesOf(state)
    .flatMap((node) => [
      lineOf(node, ''),
      ...(isExpanded(node) ? childSamplingNodesOf(node).map((child) => lineOf(child, '  ')) : []),
    ])
    .join('\n');
}

function drawRule({ rule, origin, activity }: KnownRule, seconds: number): DrawnSamplingRow {
  const matched = matchedText(activity, seconds);
  const spokenMatched = spokenMatchedText(activity, seconds);
  const built = originWords[origin];
  const priority = isDefaultRule(rule) ? 'last' : `priority ${rule.Priority}`;
  const what = conditionsOf(rule);
  return {
    label: rule.RuleName,
    description: [keepsText(rule), matched, what, priority, built].filter((part) => part !== '').join(' · '),
    icon: iconOf(rule),
    spoken: [rule.RuleName, `keeps ${spokenKeeps(rule)}`, spokenMatched, what, priority, built]
      .filter((part) => part !== '')
      .join(', '),
    context: isDefaultRule(rule) ? 'rule default' : 'rule deletable',
    isParent: true,
  };
}

/** Empty where it is not known. */
function matchedText(activity: KnownRule['activity'], seconds: number): string {
  if (activity === undefined) {
    return '';
  }
  const { requests, sampled, borrowed } = activity;
  const time = seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
  return requests === 0 ? `no match in ${time}` : `${count(sampled + borrowed)} of ${count(requests)} kept in ${time}`;
}

function spokenMatchedText(activity: KnownRule['activity'], seconds: number): string {
  if (activity === undefined) {
    return '';
  }
  const { requests, sampled, borrowed, clients } = activity;
  const time = `in the last ${spokenTime(seconds)}`;
  const by = clients === undefined ? '' : ` by ${toCountText(clients, 'client')}`;
  return requests === 0
    ? `no match ${time}`
    : `${count(sampled + borrowed)} of ${toCountText(requests, 'request')} kept ${time}${by}`;
}

/** `5 minutes`, or seconds where they are few. */
export function spokenTime(seconds: number): string {
  return seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
}

const originWords: Record<SamplingRuleJson['origin'], string> = {
  builtIn: 'built in',
  changed: 'built in, changed',
  custom: '',
};

function drawMember(rule: SamplingRule, member: ShownMember): DrawnSamplingRow {
  const value = String(rule[member]);
  const description = value === '*' ? '* (any)' : value === '' ? '(empty: matches nothing)' : value;
  const isFixed = isDefaultRule(rule) && member !== 'FixedRate' && member !== 'ReservoirSize';
  const spoken = value === '*' ? 'any' : description;
  return {
    label: member,
    description,
    icon: undefined,
    spoken: `${member}: ${spoken}`,
    context: isFixed ? 'member' : 'member editable',
    isParent: false,
  };
}

/** `all`, `none`, `5/s + 10 %`. */
export function keepsText({ FixedRate, ReservoirSize }: Pick<SamplingRule, 'FixedRate' | 'ReservoirSize'>): string {
  if (FixedRate >= 1) {
    return 'all';
  }
  const rate = FixedRate > 0 ? [`${percent(FixedRate)} %`] : [];
  const reservoir = ReservoirSize > 0 ? [`${count(ReservoirSize)}/s`] : [];
  const parts = [...reservoir, ...rate];
  return parts.length === 0 ? 'none' : parts.join(' + ');
}

function spokenKeeps({ FixedRate, ReservoirSize }: SamplingRule): string {
  if (FixedRate >= 1) {
    return 'all';
  }
  const reservoir = ReservoirSize > 0 ? [`${count(ReservoirSize)} a second`] : [];
  const others = ReservoirSize > 0 ? `${percent(FixedRate)} percent of the others` : `${percent(FixedRate)} percent`;
  const parts = [...reservoir, ...(FixedRate > 0 ? [others] : [])];
  return parts.length === 0 ? 'none' : parts.join(' and ');
}

/** What it asks of a request, of all that is not `*`. */
function conditionsOf(rule: SamplingRule): string {
  const conditions = [rule.ServiceName, rule.HTTPMethod, rule.Host, rule.URLPath, rule.ServiceType, rule.ResourceARN];
  return conditions.filter((pattern) => pattern !== '*').join(' ');
}

function iconOf({ FixedRate, ReservoirSize }: SamplingRule): string {
  if (FixedRate >= 1) {
    return 'circle-filled';
  }
  return FixedRate === 0 && ReservoirSize === 0 ? 'circle-slash' : 'pie-chart';
}

function secondsOf({ sampling }: SamplingState): number {
  return sampling?.activitySeconds ?? 300;
}

function percent(rate: number): string {
  return String(Number((rate * 100).toPrecision(4)));
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
