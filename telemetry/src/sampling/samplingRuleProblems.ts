import { defaultRuleName, defaultRulePriority, isDefaultRule, type SamplingRule } from './samplingRule.ts';

/** What is wrong with a rule: the member, and a sentence that begins with its name. */
export interface SamplingRuleProblem {
  readonly member: string;
  readonly message: string;
}

export type ParsedSamplingRule =
  | { readonly ok: true; readonly rule: SamplingRule }
  | { readonly ok: false; readonly problems: readonly SamplingRuleProblem[] };

const longestTexts = {
  ResourceARN: 500,
  ServiceName: 64,
  ServiceType: 64,
  Host: 64,
  HTTPMethod: 10,
  URLPath: 128,
} as const;
const texts = Object.keys(longestTexts) as (keyof typeof longestTexts)[];
const mostAttributes = 5;
const longestAttribute = 32;
const known: ReadonlySet<string> = new Set([
  'RuleName',
  'RuleARN',
  'Priority',
  'FixedRate',
  'ReservoirSize',
  'Version',
  'Attributes',
  'SamplingRateBoost',
  ...texts,
]);

/** A rule out of JSON, with the constraints of the API's model (X-Ray API reference, SamplingRule). Members that it does not know are problems: a misspelt one would do nothing. */
export function parseSamplingRule(value: unknown): ParsedSamplingRule {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, problems: [{ member: 'SamplingRule', message: 'SamplingRule must be a JSON object.' }] };
  }
  const given = value as Readonly<Record<string, unknown>>;
  const problems = [
    ...Object.keys(given)
      .filter((member) => !known.has(member))
      .map((member) => ({ member, message: `${member.slice(0, 100)} is no member of a sampling rule.` })),
    ...samplingRuleProblems(given),
  ];
  return problems.length > 0 ? { ok: false, problems } : { ok: true, rule: toRule(given as unknown as SamplingRule) };
}

/** What the constraints of the API say against the members of a rule, in the order of its documentation; none where they hold. */
export function samplingRuleProblems(given: Readonly<Record<string, unknown>>): SamplingRuleProblem[] {
  const isDefault = given['RuleName'] === defaultRuleName;
  return [
    nameProblem(given['RuleName']),
    // The default rule stands behind all others, where no other can be put.
    isDefault ? undefined : numberProblem('Priority', given['Priority'], { least: 1, most: 9999, isWhole: true }),
    numberProblem('FixedRate', given['FixedRate'], { least: 0, most: 1 }),
    numberProblem('ReservoirSize', given['ReservoirSize'], { least: 0, most: 2 ** 31 - 1, isWhole: true }),
    numberProblem('Version', given['Version'], { least: 1, most: 2 ** 31 - 1, isWhole: true }),
    ...texts.map((member) => textProblem(member, given[member])),
    ...attributeProblems(given['Attributes']),
    ...boostProblems(given['SamplingRateBoost']),
  ].filter((problem) => problem !== undefined);
}

function toRule(given: SamplingRule): SamplingRule {
  const { RuleName, Priority, FixedRate, ReservoirSize, ServiceName, ServiceType, Host, HTTPMethod, URLPath } = given;
  const { ResourceARN, Version, Attributes, SamplingRateBoost } = given;
  return {
    RuleName,
    Priority: isDefaultRule(given) ? defaultRulePriority : Priority,
    FixedRate,
    ReservoirSize,
    ServiceName,
    ServiceType,
    Host,
    HTTPMethod,
    URLPath,
    ResourceARN,
    Version,
    // Never absent: the SDK for Node leaves out rules without it.
    Attributes: { ...(Attributes as SamplingRule['Attributes'] | null | undefined) },
    ...(isGiven(SamplingRateBoost) && { SamplingRateBoost }),
  };
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}

function nameProblem(value: unknown): SamplingRuleProblem | undefined {
  const member = 'RuleName';
  if (!isGiven(value)) {
    return { member, message: 'RuleName is missing.' };
  }
  return typeof value === 'string' && value.length >= 1 && value.length <= 32
    ? undefined
    : { member, message: 'RuleName must be a text of 1 to 32 characters.' };
}

function numberProblem(
  member: string,
  value: unknown,
  { least, most, isWhole = false }: { readonly least: number; readonly most: number; readonly isWhole?: boolean },
): SamplingRuleProblem | undefined {
  if (!isGiven(value)) {
    return { member, message: `${member} is missing.` };
  }
  const isRight = typeof value === 'number' && value >= least && value <= most && (!isWhole || Number.isInteger(value));
  const range = most > 1e6 ? `of at least ${least}` : `from ${least} to ${most}`;
  return isRight ? undefined : { member, message: `${member} must be a ${isWhole ? 'whole ' : ''}number ${range}.` };
}

function textProblem(member: keyof typeof longestTexts, value: unknown): SamplingRuleProblem | undefined {
  if (!isGiven(value)) {
    return { member, message: `${member} is missing; "*" means any.` };
  }
  const longest = longestTexts[member];
  return typeof value === 'string' && value.length <= longest
    ? undefined
    : { member, message: `${member} must be a text of at most ${longest} characters.` };
}

function attributeProblems(value: unknown): (SamplingRuleProblem | undefined)[] {
  const member = 'Attributes';
  if (!isGiven(value)) {
    return [];
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ member, message: 'Attributes must be an object of texts.' }];
  }
  const entries = Object.entries(value);
  const isRight = (text: unknown): boolean =>
    typeof text === 'string' && text.length >= 1 && text.length <= longestAttribute;
  return [
    entries.length > mostAttributes ? { member, message: `Attributes must be at most ${mostAttributes}.` } : undefined,
    entries.every(([key, text]) => isRight(key) && isRight(text))
      ? undefined
      : { member, message: `Attributes must have names and values of 1 to ${longestAttribute} characters.` },
  ];
}

function boostProblems(value: unknown): (SamplingRuleProblem | undefined)[] {
  if (!isGiven(value)) {
    return [];
  }
  if (typeof value !== 'object') {
    return [{ member: 'SamplingRateBoost', message: 'SamplingRateBoost must be an object.' }];
  }
  const { MaxRate, CooldownWindowMinutes } = value as Readonly<Record<string, unknown>>;
  return [
    numberProblem('MaxRate', MaxRate, { least: 0, most: 1 }),
    numberProblem('CooldownWindowMinutes', CooldownWindowMinutes, { least: 0, most: 2 ** 31 - 1, isWhole: true }),
  ].map((problem) => problem && { ...problem, member: `SamplingRateBoost.${problem.member}` });
}
