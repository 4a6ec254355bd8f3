import type { JsonValue } from '@sightline/hub/client/api';
import type { ErrorGroupJson, ErrorGroupList, OccurrenceJson, OccurrenceList } from '@sightline/hub/client/errorsApi';
import type { ErrorStatus } from '@sightline/telemetry/model/errorItem';
import { Emitter } from '../lifetime.ts';
import type { ErrorGroupQuery, ErrorSource, ErrorsChanged, PageQuery } from '../sources/errorSource.ts';
import type { SourceState } from '../sources/traceSource.ts';
import { testNow } from './tracesTestRows.ts';

/** Nanoseconds as the hub writes them, of so many seconds before the tests look. */
export function secondsAgo(seconds: number): string {
  return `${testNow - seconds * 1000}000000`;
}

/** An error of one occurrence in `dev`, one second old. */
export function testGroup(counter: number, differences: Partial<ErrorGroupJson> = {}): ErrorGroupJson {
  return {
    counter,
    fingerprint: `fingerprint ${counter}`,
    title: `TypeError: number ${counter}`,
    level: 'error',
    status: 'active',
    count: 1,
    firstSeen: secondsAgo(1),
    lastSeen: secondsAgo(1),
    environments: ['dev'],
    personCount: 0,
    reactivated: false,
    recent: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    ...differences,
  };
}

/** An occurrence that says nothing but its time, apart from what a test gives it. */
export function testOccurrence(
  counter: number,
  id: string,
  item: Readonly<Record<string, JsonValue>> = {},
): OccurrenceJson {
  const time = secondsAgo(1);
  const plain = { uuid: id, time, level: 'error', environment: 'dev', title: 'Boom', exceptions: [], telemetry: [] };
  const empty = { details: {}, custom: {}, other: {} };
  return { id, counter, receivedAt: time, item: { ...plain, ...empty, ...item }, raw: { data: { uuid: id } } };
}

/** Keeps errors in memory and answers as a hub does; each question is in the log. */
export class RecordingErrorSource implements ErrorSource {
  label = 'Test';
  state: SourceState = { kind: 'ready' };
  readonly #changed = new Emitter<ErrorsChanged>();
  readonly #stateChanged = new Emitter<SourceState>();
  readonly onDidChange = this.#changed.event;
  readonly onDidChangeState = this.#stateChanged.event;
  readonly #log: string[];
  #groups: ErrorGroupJson[] = [];
  #failure: Error | undefined;
  #held: Promise<void> | undefined;

  constructor(log: string[] = []) {
    this.#log = log;
  }

  /** A group came, or happened again: it is the one seen last. */
  put(group: ErrorGroupJson): void {
    this.#groups = [group, ...this.#groups.filter(({ counter }) => counter !== group.counter)];
    this.#changed.fire({ errors: true, removed: false });
  }

  setState(state: SourceState): void {
    this.state = state;
    this.#stateChanged.fire(state);
  }

  somethingElseChanged(): void {
    this.#changed.fire({ removed: false });
  }

  fail(error: Error | undefined): void {
    this.#failure = error;
  }

  /** Keeps the next answers back until the returned function is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    return () => {
      this.#held = undefined;
      resolve();
    };
  }

  /** Lets everything that is under way finish: all of it is made of promises that settle by themselves. */
  async settled(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    setImmediate(resolve);
    await promise;
  }

  async listErrorGroups({ limit, before, status }: ErrorGroupQuery): Promise<ErrorGroupList> {
    this.#log.push(['groups', status ?? 'all', limit, ...(before === undefined ? [] : ['before', before])].join(' '));
    await this.#held;
    this.#failIfTold();
    const found = this.#groups.filter((group) => status === undefined || group.status === status);
    const start = Number(before ?? 0);
    const end = start + limit;
    return { groups: found.slice(start, end), ...(end < found.length && { next: String(end) }) };
  }

  async listOccurrences(counter: number, { limit, before = '0' }: PageQuery): Promise<OccurrenceList> {
    this.#log.push(`occurrences of ${counter}`);
    this.#failIfTold();
    const count = this.#groups.find((group) => group.counter === counter)?.count ?? 0;
    const ids = Array.from({ length: count }, (_item, index) => `o${count - index}`);
    const end = Number(before) + limit;
    const occurrences = ids.slice(Number(before), end).map((id) => testOccurrence(counter, id));
    return { occurrences, ...(end < ids.length && { next: String(end) }) };
  }

  async loadOccurrence(counter: number, id: string): Promise<OccurrenceJson | undefined> {
    return testOccurrence(counter, id);
  }

  async listOccurrencesOfTrace(): Promise<OccurrenceList> {
    return { occurrences: [] };
  }

  async setStatus(counter: number, status: ErrorStatus): Promise<boolean> {
    const isKept = this.#groups.some((group) => group.counter === counter);
    this.#groups = this.#groups.map((group) => (group.counter === counter ? { ...group, status } : group));
    return isKept;
  }

  #failIfTold(): void {
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
  }
}
