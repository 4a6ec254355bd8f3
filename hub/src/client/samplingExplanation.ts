import { explainRequest } from '@sightline/telemetry/sampling/dryRun';
import { keptOf } from '@sightline/telemetry/sampling/keptRate';
import { differencesOf } from '@sightline/telemetry/sampling/ruleDifferences';
import type { SamplingSdk } from '@sightline/telemetry/sampling/samplingRequest';
import type { SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import type { ExplainAnswer, ExplainQuestion, SamplingImport } from './samplingApi.ts';

/** Which of the rules catches a request, and why the others do not. `notesOf` gets the rule that catches it, where one does. */
export function explanationOf(
  rules: readonly SamplingRule[],
  { request, sdk = 'node', perSecond = 1 }: ExplainQuestion,
  notesOf: (sdks: readonly SamplingSdk[], used: readonly SamplingRule[]) => readonly string[],
): ExplainAnswer {
  const explained = explainRequest(rules, request, sdk);
  const winner = rules.find(({ RuleName }) => explained.find(({ rule }) => rule === RuleName)?.reasons.length === 0);
  return {
    ...(winner !== undefined && { rule: winner.RuleName }),
    keptPerSecond: winner === undefined ? 0 : keptOf(perSecond, winner, sdk),
    rules: explained,
    notes: notesOf([sdk], winner === undefined ? [] : [winner]),
  };
}

/** What rules would change where there are others already; rules are told apart by their names. */
export function importOf(before: readonly SamplingRule[], rules: readonly SamplingRule[]): SamplingImport {
  const known = new Map(before.map((rule) => [rule.RuleName, rule]));
  const changes = rules.map((rule) => {
    const old = known.get(rule.RuleName);
    const differences = old === undefined ? [] : differencesOf(old, rule);
    const kind: SamplingImport['changes'][number]['kind'] =
      old === undefined ? 'new' : differences.length > 0 ? 'changed' : 'same';
    return { rule, kind, differences };
  });
  return { changes };
}

/** What SDKs do otherwise than their rules say, as sentences. `used` are the rules that catch something. */
export function sdkNotes(sdks: readonly SamplingSdk[], used: readonly SamplingRule[]): readonly string[] {
  return [
    ...(sdks.includes('node') && used.some(({ ReservoirSize }) => ReservoirSize > 1)
      ? [
          'The X-Ray SDK for Node keeps one request a second of a reservoir, however large: it misreads when its quota ends (seconds for milliseconds) and so never uses it. For all requests, set FixedRate to 1.',
        ]
      : []),
    ...(sdks.includes('other')
      ? [
          'Requests without an X-Ray segment are counted as if their sampler asked X-Ray for its rules. OpenTelemetry’s own samplers (OTEL_TRACES_SAMPLER) do not.',
        ]
      : []),
  ];
}
