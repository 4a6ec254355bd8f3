import type {
  DryRunJson,
  ExplainAnswer,
  ExplainQuestion,
  SamplingImport,
  SamplingJson,
} from '@sightline/hub/client/samplingApi';
import type { SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import { HubSource } from './hubSource.ts';
import type { SamplingSource } from './samplingSource.ts';

/** The sampling rules of the local hub. */
export class HubSamplingSource extends HubSource implements SamplingSource {
  readonly isShared = false;

  async listRules(signal?: AbortSignal): Promise<SamplingJson> {
    return await this.ask((client) => client.listSamplingRules(signal));
  }

  async createRule(rule: SamplingRule): Promise<boolean> {
    await this.ask((client) => client.createSamplingRule(rule));
    return true;
  }

  async changeRule(rule: SamplingRule): Promise<boolean> {
    await this.ask((client) => client.changeSamplingRule(rule));
    return true;
  }

  async deleteRule(name: string): Promise<boolean> {
    return await this.ask((client) => client.deleteSamplingRule(name));
  }

  async previewImport(text: string): Promise<SamplingImport> {
    return await this.ask((client) => client.importSamplingRules(text, { isPreview: true }));
  }

  async importRules(text: string): Promise<SamplingImport> {
    return await this.ask((client) => client.importSamplingRules(text));
  }

  async explain(question: ExplainQuestion): Promise<ExplainAnswer> {
    return await this.ask((client) => client.explainSampling(question));
  }

  async dryRun(signal?: AbortSignal): Promise<DryRunJson> {
    return await this.ask((client) => client.dryRunSampling(signal));
  }
}
