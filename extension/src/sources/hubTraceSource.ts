import type { RawTrace, SpanJson, TraceList, TraceTreeRows } from '@sightline/hub/client/api';
import type { TraceListQuery } from '@sightline/hub/client/hubClient';
import { HubSource } from './hubSource.ts';
import type { TracePageQuery, TraceSource } from './traceSource.ts';

/** The traces of the local hub. */
export class HubTraceSource extends HubSource implements TraceSource {
  readonly capabilities = { pin: true, clear: true };

  async listTraces(query: TracePageQuery, signal?: AbortSignal): Promise<TraceList> {
    const { limit, before, excludeHealthChecks, filter } = query;
    const asked: TraceListQuery = {
      limit,
      ...(before !== undefined && { before }),
      ...(excludeHealthChecks && { health: 'exclude' }),
      ...(filter !== undefined && { filter }),
    };
    return await this.ask((client) => client.listTraces(asked, signal));
  }

  async loadTreeRows(traceId: string, signal?: AbortSignal): Promise<TraceTreeRows | undefined> {
    return await this.ask((client) => client.loadTreeRows(traceId, signal));
  }

  async loadSpan(traceId: string, spanId: string, signal?: AbortSignal): Promise<SpanJson | undefined> {
    return await this.ask((client) => client.loadSpan(traceId, spanId, signal));
  }

  async loadRaw(traceId: string, signal?: AbortSignal): Promise<RawTrace | undefined> {
    return await this.ask((client) => client.loadRaw(traceId, signal));
  }

  async countTraces(signal?: AbortSignal): Promise<number> {
    const { traces } = await this.ask((client) => client.stats(signal));
    return traces;
  }

  async setPinned(traceId: string, isPinned: boolean): Promise<boolean> {
    return await this.ask((client) => client.setPinned(traceId, isPinned));
  }

  async clear(): Promise<void> {
    await this.ask((client) => client.clearTraces());
  }
}
