import type { TraceRow } from '@sightline/hub/client/api';
import type { OccurrenceJson } from '@sightline/hub/client/errorsApi';
import type { BesideLogLines, BesideSource, TraceExtent } from '../besideSource.ts';
import type { LogSource } from '../logSource.ts';
import { isOfService } from '../serviceStreams.ts';

/** Groups that are looked through: each is a call of CloudWatch Logs. */
const mostGroups = 3;
const mostLines = 200;
/** Clocks differ, and a line about a request may be written after its end. */
const beforeNanos = 1_000_000_000n;
const afterNanos = 10_000_000_000n;

/** The log lines of a trace in AWS: those that name it, in the groups that are called like its service. */
export class AwsBesideSource implements BesideSource {
  readonly #logs: LogSource;

  constructor(logs: LogSource) {
    this.#logs = logs;
  }

  async listLogLines(
    { traceId, service, startTime, endTime }: TraceExtent,
    signal?: AbortSignal,
  ): Promise<BesideLogLines> {
    const groups = (await this.#logs.listGroups(signal)).filter(({ name }) => isOfService(name, service));
    const time = { from: String(BigInt(startTime) - beforeNanos), to: String(BigInt(endTime) + afterNanos) };
    const pages = await Promise.all(
      groups
        .slice(0, mostGroups)
        .map(({ name }) => this.#logs.listEvents({ group: name, traceId, ...time, limit: mostLines }, signal)),
    );
    const lines = pages.flatMap(({ events }) => events.map((line) => ({ ...line, isGuess: false })));
    return { lines: lines.toSorted((a, b) => Number(BigInt(a.time) - BigInt(b.time))), hasMore: false };
  }

  /** A line without an id is not looked for among all traces of an account: each costs. */
  async guessTraces(): Promise<readonly TraceRow[]> {
    return [];
  }

  async listErrors(): Promise<readonly OccurrenceJson[]> {
    return [];
  }
}
