import type { SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import { samplingRuleProblems } from '@sightline/telemetry/sampling/samplingRuleProblems';
import type { ShownMember } from './samplingRows.ts';

/** A rule that catches everything and keeps what X-Ray's default does, to start from. */
export const newRule: SamplingRule = {
  RuleName: '',
  Priority: 1000,
  FixedRate: 0.05,
  ReservoirSize: 1,
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  ResourceARN: '*',
  Version: 1,
  Attributes: {},
};

/** What stands below the box in which a member is typed. */
export const memberHints: Record<ShownMember | 'RuleName', string> = {
  RuleName: 'Up to 32 characters. It cannot be changed later.',
  Priority: '1 to 9999. The rule with the smallest number is asked first.',
  FixedRate: '0 to 1: the share that is kept of what the reservoir leaves. 0.1 or 10 % keeps one of ten, 1 keeps all.',
  ReservoirSize: 'Requests a second that are kept before the rate applies, over all clients together.',
  ServiceName: 'The name of the segment, with * and ? as wildcards. Up to 64 characters.',
  ServiceType:
    'The origin of the segment, such as AWS::ECS::Container; on this machine SDKs know none, so leave it at *.',
  Host: 'The Host header, with its port: localhost:4567 or localhost:*. Up to 64 characters.',
  HTTPMethod: 'One method, or *. Up to 10 characters.',
  URLPath: 'The path; the SDK for Node compares it with the query, so end it in *. Up to 128 characters.',
  ResourceARN: 'The SDKs for Node and Python leave out rules with anything but * here.',
};

/** The rule with a member as it was typed, which may be wrong: ask `memberTroubleOf` first. */
export function withMember(rule: SamplingRule, member: ShownMember | 'RuleName', text: string): SamplingRule {
  return { ...rule, [member]: valueOf(member, text) };
}

/** Why a member cannot be what was typed, as a sentence; `undefined` where it can. */
export function memberTroubleOf(
  rule: SamplingRule,
  member: ShownMember | 'RuleName',
  text: string,
): string | undefined {
  return samplingRuleProblems({ ...withMember(rule, member, text) }).find((problem) => problem.member === member)
    ?.message;
}

function valueOf(member: ShownMember | 'RuleName', text: string): string | number {
  switch (member) {
    case 'Priority':
    case 'ReservoirSize':
      return numberOf(text);
    case 'FixedRate': {
      const percent = /^(.*)%$/.exec(text.trim())?.[1];
      return percent === undefined ? numberOf(text) : Number((numberOf(percent) / 100).toPrecision(12));
    }
    default:
      return text.trim();
  }
}

/** `NaN` for what is no number, the empty text too: the check then says what is wanted. */
function numberOf(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text.trim());
}
