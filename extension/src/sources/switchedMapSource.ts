import type { ServiceMapQuery } from '@sightline/hub/client/hubClient';
import type { ServiceMapReply } from '@sightline/hub/client/mapApi';
import type { MapSource } from './mapSource.ts';
import { SwitchedSource, type LiveSource } from './switchedSource.ts';

/** The service map of the chosen source. */
export class SwitchedMapSource extends SwitchedSource<MapSource & LiveSource> implements MapSource {
  get quietPace(): number {
    return this.chosen.quietPace;
  }

  mayAskByItself(): boolean {
    return this.chosen.mayAskByItself();
  }

  async loadServiceMap(query: ServiceMapQuery, signal?: AbortSignal): Promise<ServiceMapReply> {
    return await this.ask((source) => source.loadServiceMap(query, signal));
  }
}
