import type { SamplingRule } from './samplingRule.ts';
import { parseSamplingRule } from './samplingRuleProblems.ts';

export type ParsedRuleFile =
  | { readonly ok: true; readonly rules: readonly SamplingRule[] }
  /** Sentences, each naming the rule that it is about. */
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * The rules in a file: `{"SamplingRule": {…}}` as `aws xray create-sampling-rule --cli-input-json` takes it, what `aws xray
 * get-sampling-rules` prints, a bare rule, or a list of any of these. A file with anything wrong gives no rule at all.
 */
export function parseRuleFile(text: string): ParsedRuleFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return wrong(`This is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const documents = documentsIn(value, deepest);
  if (documents.length === 0) {
    return wrong('There is no sampling rule in it.');
  }
  const rules: SamplingRule[] = [];
  const problems: string[] = [];
  documents.forEach((document, index) => {
    const parsed = parseSamplingRule(document);
    if (parsed.ok) {
      rules.push(parsed.rule);
    } else {
      problems.push(...parsed.problems.map(({ message }) => `${nameOf(document, index)}: ${message}`));
    }
  });
  const twice = rules.find(({ RuleName }, index) => rules.findIndex((rule) => rule.RuleName === RuleName) !== index);
  if (twice !== undefined) {
    problems.push(`${twice.RuleName}: the file has two rules of this name.`);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, rules };
}

/** A rule as the file that `--cli-input-json` takes. */
export function renderRuleFile(rule: SamplingRule): string {
  return `${JSON.stringify({ SamplingRule: rule }, undefined, 2)}\n`;
}

/** Lists in lists; what is deeper is no rule. */
const deepest = 8;

function documentsIn(value: unknown, depth: number): unknown[] {
  if (Array.isArray(value)) {
    return depth === 0 ? [undefined] : (value as unknown[]).flatMap((each) => documentsIn(each, depth - 1));
  }
  if (typeof value !== 'object' || value === null) {
    return [value];
  }
  if ('SamplingRuleRecords' in value) {
    return depth === 0 ? [undefined] : documentsIn(value.SamplingRuleRecords, depth - 1);
  }
  return 'SamplingRule' in value ? [value.SamplingRule] : [value];
}

function nameOf(document: unknown, index: number): string {
  const name =
    typeof document === 'object' && document !== null && 'RuleName' in document ? document.RuleName : undefined;
  return typeof name === 'string' && name !== '' ? name.slice(0, 100) : `Rule ${index + 1}`;
}

function wrong(problem: string): ParsedRuleFile {
  return { ok: false, problems: [problem] };
}
