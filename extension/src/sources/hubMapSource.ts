import type { ServiceMapQuery } from '@sightline/hub/client/hubClient';
import type { ServiceMapReply } from '@sightline/hub/client/mapApi';
import { HubSource } from './hubSource.ts';
import type { MapSource } from './mapSource.ts';

/** The service map of the local hub. */
export class HubMapSource extends HubSource implements MapSource {
  readonly quietPace = 15_000;

  mayAskByItself(): boolean {
    return true;
  }

  async loadServiceMap(query: ServiceMapQuery, signal?: AbortSignal): Promise<ServiceMapReply> {
    return await this.ask((client) => client.loadServiceMap(query, signal));
  }
}
