import type { ErrorGroupList, OccurrenceJson, OccurrenceList } from '@sightline/hub/client/errorsApi';
import type { ErrorStatus } from '@sightline/telemetry/model/errorItem';
import type { ErrorGroupQuery, ErrorSource, PageQuery } from './errorSource.ts';
import { HubSource } from './hubSource.ts';

/** The errors that apps reported to the local hub. */
export class HubErrorSource extends HubSource implements ErrorSource {
  async listErrorGroups(query: ErrorGroupQuery, signal?: AbortSignal): Promise<ErrorGroupList> {
    return await this.ask((client) => client.listErrorGroups(query, signal));
  }

  async listOccurrences(counter: number, query: PageQuery, signal?: AbortSignal): Promise<OccurrenceList> {
    const page = await this.ask((client) => client.listOccurrences(counter, query, signal));
    return page ?? { occurrences: [] };
  }

  async loadOccurrence(counter: number, id: string, signal?: AbortSignal): Promise<OccurrenceJson | undefined> {
    return await this.ask((client) => client.loadOccurrence(counter, id, signal));
  }

  async listOccurrencesOfTrace(traceId: string, limit: number, signal?: AbortSignal): Promise<OccurrenceList> {
    return await this.ask((client) => client.listOccurrencesOfTrace(traceId, limit, signal));
  }

  async setStatus(counter: number, status: ErrorStatus): Promise<boolean> {
    return (await this.ask((client) => client.changeErrorGroup(counter, { status }))) !== undefined;
  }
}
