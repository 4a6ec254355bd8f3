import type { ErrorGroupList, OccurrenceJson, OccurrenceList } from '@sightline/hub/client/errorsApi';
import type { ErrorStatus } from '@sightline/telemetry/model/errorItem';
import type { ErrorGroupQuery, ErrorSource, PageQuery } from './errorSource.ts';
import { SwitchedSource, type LiveSource } from './switchedSource.ts';

/** The errors of the chosen source. */
export class SwitchedErrorSource extends SwitchedSource<ErrorSource & LiveSource> implements ErrorSource {
  async listErrorGroups(query: ErrorGroupQuery, signal?: AbortSignal): Promise<ErrorGroupList> {
    return await this.ask((source) => source.listErrorGroups(query, signal));
  }

  async listOccurrences(counter: number, query: PageQuery, signal?: AbortSignal): Promise<OccurrenceList> {
    return await this.ask((source) => source.listOccurrences(counter, query, signal));
  }

  async loadOccurrence(counter: number, id: string, signal?: AbortSignal): Promise<OccurrenceJson | undefined> {
    return await this.ask((source) => source.loadOccurrence(counter, id, signal));
  }

  async listOccurrencesOfTrace(traceId: string, limit: number, signal?: AbortSignal): Promise<OccurrenceList> {
    return await this.ask((source) => source.listOccurrencesOfTrace(traceId, limit, signal));
  }

  // What changes something is asked of the source that the person saw, and of no other.
  async setStatus(counter: number, status: ErrorStatus): Promise<boolean> {
    return await this.chosen.setStatus(counter, status);
  }
}
