import type { SamplingRuleJson } from '@sightline/hub/client/samplingApi';
import type { KnownRule } from '../sources/samplingSource.ts';
import { spokenTime } from './samplingRows.ts';
import { epochMillisOf, toCountText, toLocalTimeText } from './tracesText.ts';
import { escapeMarkdown } from './tracesTooltip.ts';

const origins: Record<SamplingRuleJson['origin'], string> = {
  builtIn: 'Built in.',
  changed: 'Built in, and changed here.',
  custom: '',
};

/** What hovering over a rule tells, as Markdown: every member, and what SDKs reported of it. */
export function renderSamplingTooltip({ rule, arn, origin, activity, modifiedAt }: KnownRule, seconds: number) {
  const { Attributes, ...members } = rule;
  const rows = Object.entries({ ...members, ...attributesText(Attributes), RuleARN: arn }).map(
    ([member, value]) =>
      `| ${member} | ${escapeMarkdown(typeof value === 'object' ? JSON.stringify(value) : String(value))} |`,
  );
  const reported = reportedText(activity, spokenTime(seconds));
  const changed = modifiedAt === undefined ? '' : `Changed ${toLocalTimeText(epochMillisOf(modifiedAt)).slice(0, 19)}.`;
  const table = ['| | |', '|---|---|', ...rows].join('\n');
  return [table, reported, [origins[origin], changed].filter((part) => part !== '').join(' ')]
    .filter((part) => part !== '')
    .join('\n\n');
}

function reportedText(activity: KnownRule['activity'], time: string): string {
  if (activity === undefined) {
    return 'How often it matched is not known.';
  }
  const { requests, sampled, borrowed, clients } = activity;
  if (requests === 0) {
    return `No SDK has reported a match in the last ${time}.`;
  }
  const now = clients === undefined ? '' : `; ${toCountText(clients, 'client')} now`;
  return `In the last ${time} ${toCountText(requests, 'request')} matched: ${sampled} kept by quota or rate, ${borrowed} borrowed before there was a quota${now}.`;
}

function attributesText(attributes: Readonly<Record<string, string>>): { Attributes?: string } {
  return Object.keys(attributes).length === 0 ? {} : { Attributes: JSON.stringify(attributes) };
}
