import type { TraceRow } from '@sightline/hub/client/api';
import type { BesideSource, PlacedLine, TraceExtent } from '../sources/besideSource.ts';
import { UserError } from '../userError.ts';
import type { LoadedBeside } from './tracesBeside.ts';
import { traceRowOf } from './tracesModel.ts';
import type { TreeLoaderHost } from './tracesSpanTreeLoader.ts';

/** Loads the log lines and errors of traces that were expanded. */
export class BesideLoader {
  readonly #source: BesideSource;
  readonly #host: TreeLoaderHost;
  readonly #loading = new Map<string, Promise<void>>();
  /** Traces whose lines or errors changed after they were asked for. */
  readonly #overtaken = new Set<string>();

  constructor(source: BesideSource, host: TreeLoaderHost) {
    this.#source = source;
    this.#host = host;
  }

  /** Loads what is beside a trace unless it is there and fresh; where it cannot be had, the state says why. */
  async load(traceId: string): Promise<void> {
    const { beside } = this.#host.state();
    const extent = this.#extentOf(traceId);
    if (extent === undefined || beside.get(traceId)?.isStale === false) {
      return;
    }
    let loading = this.#loading.get(traceId);
    if (loading === undefined) {
      loading = this.#loadOnce(extent).finally(() => this.#loading.delete(traceId));
      this.#loading.set(traceId, loading);
    }
    await loading;
  }

  /** The traces that a line may be of which names none. */
  async guessTraces(line: PlacedLine): Promise<readonly TraceRow[]> {
    return await this.#source.guessTraces(line, this.#host.signal);
  }

  /** To be told when log lines or errors came: those that are on their way may miss them. */
  noteChange(): void {
    for (const traceId of this.#loading.keys()) {
      this.#overtaken.add(traceId);
    }
  }

  async #loadOnce(extent: TraceExtent): Promise<void> {
    const { traceId } = extent;
    this.#overtaken.delete(traceId);
    const beside = await this.#besideOf(extent);
    if (!this.#host.signal.aborted) {
      this.#host.dispatch({
        kind: 'besideLoaded',
        traceId,
        beside: { ...beside, isStale: this.#overtaken.delete(traceId) },
      });
    }
  }

  async #besideOf(extent: TraceExtent): Promise<LoadedBeside> {
    const { signal } = this.#host;
    const [lines, errors] = await Promise.allSettled([
      this.#source.listLogLines(extent, signal),
      this.#source.listErrors(extent.traceId, signal),
    ]);
    const failed = [lines, errors].find((result) => result.status === 'rejected');
    return {
      ...(lines.status === 'fulfilled' ? lines.value : { lines: [], hasMore: false }),
      errors: errors.status === 'fulfilled' ? errors.value : [],
      failure: failed === undefined ? undefined : sentenceOf(failed.reason),
      isStale: false,
    };
  }

  #extentOf(traceId: string): TraceExtent | undefined {
    const row = traceRowOf(this.#host.state(), traceId);
    if (row === undefined) {
      return undefined;
    }
    const { service, startTime, durationNanos } = row;
    return { traceId, service, startTime, endTime: String(BigInt(startTime) + BigInt(durationNanos)) };
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof UserError ? error.message : `Log lines and errors could not be loaded: ${String(error)}`;
}
