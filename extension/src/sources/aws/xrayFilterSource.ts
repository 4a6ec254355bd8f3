import type { FilterVocabulary } from '@sightline/telemetry/language/filterExpressionSuggestions';
import { UserError } from '../../userError.ts';
import type { FilterSource, SavedFilter } from '../filterSource.ts';
import type { XRayRules } from './xrayRules.ts';

/** X-Ray's groups in one account. A group there is shared by all who use the account, so a person is asked before one is written. */
export class XRayFilterSource implements FilterSource {
  readonly #rules: XRayRules;
  readonly #confirm: (question: string, detail: string) => Promise<boolean>;

  constructor(rules: XRayRules, confirm: (question: string, detail: string) => Promise<boolean>) {
    this.#rules = rules;
    this.#confirm = confirm;
  }

  /** What was seen there is not known without reading traces, which costs: the groups are. */
  async loadVocabulary(signal?: AbortSignal): Promise<FilterVocabulary> {
    return { services: [], annotations: [], metadataKeys: [], groups: await this.#rules.listGroups(signal) };
  }

  async listSavedFilters(signal?: AbortSignal): Promise<readonly SavedFilter[]> {
    return await this.#rules.listGroups(signal);
  }

  async saveFilter(saved: SavedFilter): Promise<void> {
    const before = (await this.#rules.listGroups()).find(({ name }) => name === saved.name);
    const where = this.#rules.account.label;
    const detail =
      before === undefined
        ? `New group in ${where}: ${saved.name} = ${saved.filter}`
        : `The group ${saved.name} in ${where} changes: ${before.filter} → ${saved.filter}`;
    if (await this.#confirm('Write an X-Ray group to AWS?', detail)) {
      await this.#rules.putGroup(saved, before === undefined);
    }
  }

  async renameFilter(): Promise<void> {
    throw new UserError('X-Ray does not rename groups. Save the filter under another name, and delete the old one.');
  }

  async deleteFilter(name: string): Promise<boolean> {
    if (
      await this.#confirm(
        `Delete the X-Ray group "${name}"?`,
        `It is deleted in ${this.#rules.account.label}, for everybody.`,
      )
    ) {
      await this.#rules.deleteGroup(name);
    }
    return true;
  }
}
