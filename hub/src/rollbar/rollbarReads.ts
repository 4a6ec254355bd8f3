import type { HttpAnswer } from '../receivers/httpAnswer.ts';
import type { ErrorGroupQuery, ErrorStore } from '../store/errors/errorStore.ts';
import { refusal, result, resultText } from './rollbarAnswer.ts';
import { levels, statuses, rollbarInstanceText, toRollbarItem } from './rollbarItems.ts';

const itemsInPage = 100;
const mostItems = 5000;
const instancesInPage = 20;
const mostInstances = 100;

type Answering = (id: number, query: URLSearchParams) => Promise<HttpAnswer>;

/** The part of Rollbar's API that reads (API reference: items, occurrences). */
export class RollbarReads {
  readonly #errors: ErrorStore;
  /** A path, its number in brackets. */
  readonly #routes: readonly (readonly [RegExp, Answering])[] = [
    [/^\/items$/, (_id, query) => this.#listItems(query)],
    [/^\/item$/, (_id, query) => this.#loadItem(numberIn(query, 'counter', 0))],
    [/^\/item\/(\d{1,15})$/, (id) => this.#loadItem(id)],
    [/^\/item_by_counter\/(\d{1,15})$/, (id) => this.#redirect(id)],
    [/^\/item\/(\d{1,15})\/instances$/, (id, query) => this.#listInstances(query, id)],
    [/^\/(?:instances|occurrences)$/, (_id, query) => this.#listInstances(query)],
    [/^\/instance\/(\d{1,15})$/, (id) => this.#loadInstance(id)],
    // As Rollbar answers the token of a project, of which the hub's is one.
    [/^\/projects$/, () => Promise.resolve(refusal(403, 'insufficient privileges: account access token required'))],
  ];

  constructor(errors: ErrorStore) {
    this.#errors = errors;
  }

  /** `undefined` where the hub does not serve such a path; it comes without `/api/1` and without a slash at its end. */
  async answer(path: string, query: URLSearchParams): Promise<HttpAnswer | undefined> {
    for (const [route, answering] of this.#routes) {
      const match = route.exec(path);
      if (match !== null) {
        return await answering(Number(match[1] ?? 0), query);
      }
    }
    return undefined;
  }

  async #listItems(query: URLSearchParams): Promise<HttpAnswer> {
    const page = numberIn(query, 'page', 1);
    const limit = Math.min(numberIn(query, 'limit', itemsInPage), mostItems);
    const wanted: Omit<ErrorGroupQuery, 'limit'> = {
      statuses: statuses.filter((status) => query.getAll('status').includes(status)),
      levels: levels.filter((level) => query.getAll('level').includes(level)),
      environments: query.getAll('environment'),
      text: query.get('query') ?? '',
    };
    const isNone = query.has('status') && wanted.statuses?.length === 0;
    const { groups } = isNone
      ? { groups: [] }
      : await this.#errors.listGroups({ ...wanted, limit, offset: (page - 1) * limit });
    const count = isNone ? 0 : await this.#errors.countGroups({ ...wanted, limit });
    return result({ page, total_count: count, items: groups.map((kept) => toRollbarItem(kept)) });
  }

  async #loadItem(counter: number): Promise<HttpAnswer> {
    const kept = await this.#errors.loadGroup(counter);
    return kept === undefined ? refusal(404, 'Item not found') : result(toRollbarItem(kept));
  }

  /** Rollbar redirects from the counter to the id; clients follow it or read the path out of the body. */
  async #redirect(counter: number): Promise<HttpAnswer> {
    if ((await this.#errors.loadGroup(counter)) === undefined) {
      return refusal(404, 'Item not found');
    }
    const path = `/item/${counter}`;
    return {
      ...result({ itemId: counter, path, uri: path }, { location: `/api/1${path}` }),
      status: 301,
    };
  }

  async #listInstances(query: URLSearchParams, counter?: number): Promise<HttpAnswer> {
    const page = numberIn(query, 'page', 1);
    const limit = Math.min(numberIn(query, 'limit', instancesInPage), mostInstances);
    const after = query.has('last_id') ? { before: numberIn(query, 'last_id', 1) } : { offset: (page - 1) * limit };
    const { occurrences } = await this.#errors.listOccurrences({
      limit,
      ...after,
      ...(counter !== undefined && { counter }),
    });
    if (occurrences.length === 0 && counter !== undefined && (await this.#errors.loadGroup(counter)) === undefined) {
      return refusal(404, 'Item not found');
    }
    const instances = occurrences.map((text) => rollbarInstanceText(text)).join();
    return resultText(`{"page":${page},"instances":[${instances}]}`);
  }

  async #loadInstance(id: number): Promise<HttpAnswer> {
    const text = await this.#errors.loadOccurrence({ id });
    return text === undefined ? refusal(404, 'Instance not found') : resultText(rollbarInstanceText(text));
  }
}

/** A whole number of at least 1; what is none stands for the usual one, as Rollbar takes it. */
function numberIn(query: URLSearchParams, name: string, usual: number): number {
  const text = query.get(name) ?? '';
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : usual;
}
