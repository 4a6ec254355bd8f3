import type { ChangeEvent } from '@sightline/hub/client/api';
import type {
  DryRunJson,
  ExplainAnswer,
  ExplainQuestion,
  SamplingImport,
  SamplingJson,
} from '@sightline/hub/client/samplingApi';
import type { SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import type { Event } from '../lifetime.ts';
import type { SourceState } from './traceSource.ts';

/** What the Sampling view needs of a change. */
export type SamplingChanged = Pick<ChangeEvent, 'sampling'>;

/**
 * Where sampling rules are kept: the local hub, or an account in the cloud. The views know only this interface.
 * Every call rejects with a `UserError` where a person can do something about it, and with the signal's reason once that is aborted.
 */
export interface SamplingSource {
  readonly state: SourceState;
  readonly onDidChangeState: Event<SourceState>;
  /** Fires after each change; `sampling` tells whether the rules changed. */
  readonly onDidChange: Event<SamplingChanged>;

  /** In order of priority, with how often each matched in the last minutes. */
  listRules(signal?: AbortSignal): Promise<SamplingJson>;
  createRule(rule: SamplingRule): Promise<void>;
  /** Takes the place of the rule of the same name. */
  changeRule(rule: SamplingRule): Promise<void>;
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
