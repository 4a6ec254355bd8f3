import type { RawTrace, SpanJson, TraceList, TraceTreeRows } from '@sightline/hub/client/api';
import { SwitchedSource } from './switchedSource.ts';
import type { TracePageQuery, TraceSource, TraceSourceCapabilities } from './traceSource.ts';

/** The traces of the chosen source. */
export class SwitchedTraceSource extends SwitchedSource<TraceSource> implements TraceSource {
  get capabilities(): TraceSourceCapabilities {
    return this.chosen.capabilities;
  }

  async listTraces(query: TracePageQuery, signal?: AbortSignal): Promise<TraceList> {
    return await this.ask((source) => source.listTraces(query, signal));
  }

  async loadTreeRows(traceId: string, signal?: AbortSignal): Promise<TraceTreeRows | undefined> {
    return await this.ask((source) => source.loadTreeRows(traceId, signal));
  }

  async loadSpan(traceId: string, spanId: string, signal?: AbortSignal): Promise<SpanJson | undefined> {
    return await this.ask((source) => source.loadSpan(traceId, spanId, signal));
  }

  async loadRaw(traceId: string, signal?: AbortSignal): Promise<RawTrace | undefined> {
    return await this.ask((source) => source.loadRaw(traceId, signal));
  }

  async countTraces(signal?: AbortSignal): Promise<number> {
    return await this.ask((source) => source.countTraces(signal));
  }

  // What changes something is asked of the source that the person saw, and of no other.
  async setPinned(traceId: string, isPinned: boolean): Promise<boolean> {
    return await this.chosen.setPinned(traceId, isPinned);
  }

  async clear(): Promise<void> {
    await this.chosen.clear();
  }
}
