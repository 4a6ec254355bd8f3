import type { FilterVocabulary } from '@sightline/telemetry/language/filterExpressionSuggestions';
import type { FilterSource, SavedFilter } from './filterSource.ts';
import { HubSource } from './hubSource.ts';

/** What the local hub has seen, and its groups. */
export class HubFilterSource extends HubSource implements FilterSource {
  async loadVocabulary(signal?: AbortSignal): Promise<FilterVocabulary> {
    return await this.ask(async (client) => {
      const [facts, { groups }] = await Promise.all([client.loadFilterFacts(signal), client.listGroups(signal)]);
      return { ...facts, groups };
    });
  }

  async listSavedFilters(signal?: AbortSignal): Promise<readonly SavedFilter[]> {
    const { groups } = await this.ask((client) => client.listGroups(signal));
    return groups;
  }

  async saveFilter({ name, filter }: SavedFilter): Promise<void> {
    await this.ask((client) => client.changeGroup({ name, filter }));
  }

  async renameFilter(name: string, newName: string): Promise<void> {
    await this.ask((client) => client.changeGroup({ name, newName }));
  }

  async deleteFilter(name: string): Promise<boolean> {
    return await this.ask((client) => client.deleteGroup(name));
  }
}
