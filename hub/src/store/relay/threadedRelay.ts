import type { RelayDestination } from '../../client/relayApi.ts';
import type { ThreadLink } from '../threadLink.ts';
import type { RelayAccounts, RelayCall, RelaySettlement, RelayStore } from './relayStore.ts';

/** The outbox, as the main thread talks to the store's writer. */
export class ThreadedRelay implements RelayStore {
  readonly #writer: ThreadLink;

  constructor(writer: ThreadLink) {
    this.#writer = writer;
  }

  async accounts(): Promise<RelayAccounts> {
    return (await this.#tell({ name: 'accounts' })) as RelayAccounts;
  }

  async setEnabled(destination: RelayDestination, enabled: boolean): Promise<void> {
    await this.#tell({ name: 'switch', destination, enabled });
  }

  async settle(settlement: RelaySettlement): Promise<void> {
    await this.#tell({ name: 'settle', settlement });
  }

  #tell(call: RelayCall): Promise<unknown> {
    return this.#writer.ask((id) => ({ kind: 'relay', id, call }));
  }
}
