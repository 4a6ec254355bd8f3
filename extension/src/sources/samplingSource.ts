import type { ChangeEvent } from '@sightline/hub/client/api';
import type {
  DryRunJson,
  ExplainAnswer,
  ExplainQuestion,
  RuleActivityJson,
  SamplingImport,
  SamplingJson,
  SamplingRuleJson,
} from '@sightline/hub/client/samplingApi';
import type { SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import type { Event } from '../lifetime.ts';
import type { SourceState } from './traceSource.ts';

/** What the Sampling view needs of a change. */
export type SamplingChanged = Pick<ChangeEvent, 'sampling'>;

/** A rule as far as its source tells of it. */
export interface KnownRule extends Omit<SamplingRuleJson, 'activity'> {
  /** Absent where it cannot be had. */
  readonly activity?: Omit<RuleActivityJson, 'clients'> & Partial<Pick<RuleActivityJson, 'clients'>>;
}

export interface KnownRules extends Omit<SamplingJson, 'rules'> {
  readonly rules: readonly KnownRule[];
  /** What could not be had beside the rules, as a sentence. */
  readonly trouble?: string;
}

/**
 * Where sampling rules are kept: the local hub, or an account in the cloud. The views know only this interface.
 * Every call rejects with a `UserError` where a person can do something about it, and with the signal's reason once that is aborted.
 */
export interface SamplingSource {
  readonly label: string;
  /** Others have the same rules: the source itself shows a person what a new or changed rule makes different, and asks. Their counts are asked for at its pace. */
  readonly isShared: boolean;
  readonly state: SourceState;
  readonly onDidChangeState: Event<SourceState>;
  /** Fires after each change; `sampling` tells whether the rules changed. */
  readonly onDidChange: Event<SamplingChanged>;

  /** In order of priority, with how often each matched in the last minutes. */
  listRules(signal?: AbortSignal): Promise<KnownRules>;
  /** Answers false where the person would not, after all. */
  createRule(rule: SamplingRule): Promise<boolean>;
  /** Takes the place of the rule of the same name. Answers as `createRule`. */
  changeRule(rule: SamplingRule): Promise<boolean>;
  /** Answers false where there is no such rule any more. */
  deleteRule(name: string): Promise<boolean>;
  /** What the text of a file would change. */
  previewImport(text: string): Promise<SamplingImport>;
  importRules(text: string): Promise<SamplingImport>;
  /** Which rule catches one request, and why the others do not. */
  explain(question: ExplainQuestion): Promise<ExplainAnswer>;
  /** What the rules would do with the requests of the last hour. */
  dryRun(signal?: AbortSignal): Promise<DryRunJson>;
}
