import type { DryRunJson, ExplainAnswer, ExplainQuestion, SamplingImport } from '@sightline/hub/client/samplingApi';
import type { SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import type { KnownRules, SamplingSource } from './samplingSource.ts';
import { SwitchedSource, type LiveSource } from './switchedSource.ts';

/** The sampling rules of the chosen source. */
export class SwitchedSamplingSource extends SwitchedSource<SamplingSource & LiveSource> implements SamplingSource {
  get isShared(): boolean {
    return this.chosen.isShared;
  }

  async listRules(signal?: AbortSignal): Promise<KnownRules> {
    return await this.ask((source) => source.listRules(signal));
  }

  async explain(question: ExplainQuestion): Promise<ExplainAnswer> {
    return await this.ask((source) => source.explain(question));
  }

  async dryRun(signal?: AbortSignal): Promise<DryRunJson> {
    return await this.ask((source) => source.dryRun(signal));
  }

  // What changes something is asked of the source that the person saw, and of no other.
  async createRule(rule: SamplingRule): Promise<boolean> {
    return await this.chosen.createRule(rule);
  }

  async changeRule(rule: SamplingRule): Promise<boolean> {
    return await this.chosen.changeRule(rule);
  }

  async deleteRule(name: string): Promise<boolean> {
    return await this.chosen.deleteRule(name);
  }

  async previewImport(text: string): Promise<SamplingImport> {
    return await this.chosen.previewImport(text);
  }

  async importRules(text: string): Promise<SamplingImport> {
    return await this.chosen.importRules(text);
  }
}
