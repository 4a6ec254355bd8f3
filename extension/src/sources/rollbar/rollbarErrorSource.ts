import type { ErrorGroupJson, ErrorGroupList, OccurrenceJson, OccurrenceList } from '@sightline/hub/client/errorsApi';
import type { ErrorStatus } from '@sightline/telemetry/model/errorItem';
import type { ErrorGroupQuery, ErrorSource, PageQuery } from '../errorSource.ts';
import { PolledSource, type PollPace } from '../polledSource.ts';
import { rollbarInstanceIn, rollbarInstancesIn, rollbarItemsIn } from './rollbarItems.ts';
import type { RollbarProject } from './rollbarProject.ts';

/** Rows in a page of Rollbar's lists (API reference: "100 items are returned per page", "in pages of 20"). */
const itemsInPage = 100;
const instancesInPage = 20;
/** Kept at most: each is a whole document. One that was sent never changes. */
const mostKept = 200;
const statuses: readonly ErrorStatus[] = ['active', 'resolved', 'muted'];

/** The items of a project in Rollbar. `next` is the number of a page there. */
export class RollbarErrorSource extends PolledSource implements ErrorSource {
  readonly label: string;
  readonly #project: RollbarProject;
  readonly #ids = new Map<number, number>();
  readonly #kept = new Map<string, OccurrenceJson>();
  readonly #ended = new AbortController();

  constructor(project: RollbarProject, pace: PollPace) {
    super(pace, { errors: true });
    this.#project = project;
    this.label = project.label;
    this.register({ dispose: () => this.#ended.abort() });
  }

  async listErrorGroups({ limit, before, status }: ErrorGroupQuery, signal?: AbortSignal): Promise<ErrorGroupList> {
    const groups = new Map<number, ErrorGroupJson>();
    let page = pageOf(before);
    let isEnd = false;
    // Whole pages, since nothing else can be gone on from.
    for (; groups.size < limit && !isEnd; page++) {
      const query = new URLSearchParams([['page', String(page)]]);
      (status === undefined ? statuses : [status]).forEach((each) => query.append('status', each));
      // oxlint-disable-next-line no-await-in-loop -- whether there is a next page is said by this one.
      const found = await this.#project.ask({ path: `items/?${query.toString()}`, signal: this.#until(signal) });
      const { items, total } = rollbarItemsIn(found?.result);
      const { size } = groups;
      for (const { id, group } of items) {
        this.#ids.set(group.counter, id);
        groups.set(group.counter, group);
      }
      // A page that has nothing new is no reason to ask for another.
      isEnd = groups.size === size || page * itemsInPage >= total;
    }
    // What happened while the pages were asked for may stand at the end of one.
    const sorted = [...groups.values()].toSorted((a, b) => Number(BigInt(b.lastSeen) - BigInt(a.lastSeen)));
    return { groups: sorted, ...(!isEnd && { next: String(page) }) };
  }

  async listOccurrences(counter: number, { limit, before }: PageQuery, signal?: AbortSignal): Promise<OccurrenceList> {
    const until = this.#until(signal);
    const id = await this.#idOf(counter, until);
    const occurrences = new Map<string, OccurrenceJson>();
    let page = pageOf(before);
    let isEnd = id === undefined;
    for (; occurrences.size < limit && !isEnd; page++) {
      // oxlint-disable-next-line no-await-in-loop -- whether there is a next page is said by this one.
      const found = await this.#project.ask({ path: `item/${id}/instances/?page=${page}`, signal: until });
      const read = rollbarInstancesIn(found?.result, counter);
      const { size } = occurrences;
      read.forEach((each) => occurrences.set(each.id, each));
      isEnd = occurrences.size === size || read.length < instancesInPage;
    }
    occurrences.forEach((each) => this.#keep(each));
    return { occurrences: [...occurrences.values()], ...(!isEnd && { next: String(page) }) };
  }

  async loadOccurrence(counter: number, id: string, signal?: AbortSignal): Promise<OccurrenceJson | undefined> {
    const kept = this.#kept.get(id);
    if (kept !== undefined) {
      return kept;
    }
    const path = `instance/${encodeURIComponent(id)}`;
    const found = await this.#project.ask({ path, signal: this.#until(signal) });
    const loaded = rollbarInstanceIn(found?.result, counter);
    if (loaded !== undefined) {
      this.#keep(loaded);
    }
    return loaded;
  }

  /** Of those that were read here: Rollbar's API finds none by its trace. */
  async listOccurrencesOfTrace(traceId: string, limit: number): Promise<OccurrenceList> {
    const found = [...this.#kept.values()].filter(({ item }) => item['traceId'] === traceId);
    const newest = found.toSorted((a, b) => Number(BigInt(b.receivedAt) - BigInt(a.receivedAt)));
    return { occurrences: newest.slice(0, limit) };
  }

  async setStatus(counter: number, status: ErrorStatus): Promise<boolean> {
    const id = await this.#idOf(counter, this.#ended.signal);
    if (id === undefined) {
      return false;
    }
    const request = { method: 'PATCH', path: `item/${id}`, scope: 'write', body: { status } } as const;
    return (await this.#project.ask({ ...request, signal: this.#ended.signal })) !== undefined;
  }

  async #idOf(counter: number, signal: AbortSignal): Promise<number | undefined> {
    const id = this.#ids.get(counter) ?? (await this.#project.idOfCounter(counter, signal));
    if (id !== undefined) {
      this.#ids.set(counter, id);
    }
    return id;
  }

  #keep(occurrence: OccurrenceJson): void {
    this.#kept.delete(occurrence.id);
    this.#kept.set(occurrence.id, occurrence);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) {
        break;
      }
      this.#kept.delete(oldest);
    }
  }

  #until(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#ended.signal : AbortSignal.any([signal, this.#ended.signal]);
  }
}

function pageOf(before: string | undefined): number {
  return Math.max(1, Math.trunc(Number(before ?? 1)) || 1);
}
