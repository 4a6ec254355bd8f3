import type { DatabaseSync } from 'node:sqlite';
import { zstdDecompressSync } from 'node:zlib';
import { decodeRollbarItem, rollbarJsonOf } from '@sightline/telemetry/decode/rollbarItem';
import { epochNanos } from '@sightline/telemetry/model/units';
import type { TraceRow } from '../../client/api.ts';
import type {
  ErrorGroupPage,
  ErrorGroupQuery,
  KeptGroup,
  OccurrenceId,
  OccurrencePage,
  OccurrenceQuery,
} from './errorStore.ts';
import { storedGroupOf, toKeptGroup, type GroupRow, type StoredGroup } from './keptGroup.ts';

/** What the main thread asks of the reader. */
export type ErrorQuestion =
  | { readonly name: 'listGroups'; readonly query: ErrorGroupQuery }
  | { readonly name: 'countGroups'; readonly query: ErrorGroupQuery }
  | { readonly name: 'loadGroup'; readonly counter: number }
  | { readonly name: 'listOccurrences'; readonly query: OccurrenceQuery }
  | { readonly name: 'loadOccurrence'; readonly of: OccurrenceId };

interface ItemRow {
  readonly id: number;
  readonly uuid: string;
  readonly counter: number;
  readonly received: number;
  readonly codec: number;
  readonly body: Uint8Array;
}

/** A page of occurrences ends before it grows larger than this. */
const pageBytes = 8 * 2 ** 20;
const errorsOfOneTrace = 100;
const groupColumns = 'counter, fingerprint, status, state, seen';
const itemColumns = 'id, uuid, counter, received, codec, body';

/** Answers questions about errors, in the reader thread. */
export class ErrorReader {
  readonly #open: () => DatabaseSync;

  /** `open` answers the connection; the tables are there once the store has started. */
  constructor(open: () => DatabaseSync) {
    this.#open = open;
  }

  answer(question: ErrorQuestion): unknown {
    switch (question.name) {
      case 'listGroups':
        return this.#listGroups(question.query);
      case 'countGroups':
        return Array.from(this.#groups(question.query)).length;
      case 'loadGroup':
        return this.#loadGroup(question.counter);
      case 'listOccurrences':
        return this.#listOccurrences(question.query);
      case 'loadOccurrence':
        return this.#loadOccurrence(question.of);
    }
  }

  /** JSON texts of the errors that were reported in a trace, the first one first, without their payloads; no more than a page of them. */
  errorsOf(traceId: string): string[] {
    const rows = this.#open()
      .prepare(`select ${itemColumns} from error_item where trace = ? order by id limit ${errorsOfOneTrace}`)
      .iterate(traceId) as NodeJS.Iterator<ItemRow>;
    const texts: string[] = [];
    let length = 0;
    for (const row of rows) {
      const text = `{${fieldsOf(row, bodyOf(row)).join()}}`;
      length += text.length;
      texts.push(text);
      if (length > pageBytes) {
        break;
      }
    }
    return texts;
  }

  /** The rows with the number of errors that were reported in their traces. */
  counted(rows: readonly TraceRow[]): TraceRow[] {
    const count = this.#open().prepare('select count(*) as count from error_item where trace = ?');
    return rows.map((row) => {
      const { count: errorItemCount } = count.get(row.id) as { count: number };
      return errorItemCount === 0 ? row : { ...row, errorItemCount };
    });
  }

  #listGroups(query: ErrorGroupQuery): ErrorGroupPage {
    const groups: KeptGroup[] = [];
    let passed = 0;
    let last = '';
    for (const { stored, cursor } of this.#groups(query)) {
      if (passed < (query.offset ?? 0)) {
        passed += 1;
      } else if (groups.length === query.limit) {
        return { groups, next: last };
      } else {
        groups.push(toKeptGroup(stored, Date.now()));
        last = cursor;
      }
    }
    return { groups };
  }

  /** Few enough for each to be looked at. */
  *#groups({ before, ...query }: ErrorGroupQuery): Generator<{ stored: StoredGroup; cursor: string }> {
    const { seen, counter } = parseCursor(before) ?? { seen: Number.MAX_VALUE, counter: 0 };
    const rows = this.#open()
      .prepare(
        `select ${groupColumns} from error_group where (seen, counter) < (?, ?) order by seen desc, counter desc`,
      )
      .iterate(seen, counter) as NodeJS.Iterator<GroupRow & { seen: number }>;
    for (const row of rows) {
      const stored = storedGroupOf(row);
      if (matches(stored, query)) {
        yield { stored, cursor: `${row.seen}-${row.counter}` };
      }
    }
  }

  #loadGroup(counter: number): KeptGroup | undefined {
    const row = this.#open()
      .prepare(`select ${groupColumns} from error_group where counter = ?`)
      .get(counter) as unknown as GroupRow | undefined;
    return row === undefined ? undefined : toKeptGroup(storedGroupOf(row), Date.now());
  }

  #listOccurrences({ counter, traceId, before, offset = 0, limit }: OccurrenceQuery): OccurrencePage {
    const conditions = [
      'id < ?',
      ...(counter === undefined ? [] : ['counter = ?']),
      ...(traceId === undefined ? [] : ['trace = ?']),
    ].join(' and ');
    const rows = this.#open()
      .prepare(`select ${itemColumns} from error_item where ${conditions} order by id desc limit ? offset ?`)
      .iterate(
        before ?? Number.MAX_SAFE_INTEGER,
        ...(counter === undefined ? [] : [counter]),
        ...(traceId === undefined ? [] : [traceId]),
        limit + 1,
        offset,
      ) as NodeJS.Iterator<ItemRow>;
    const occurrences: string[] = [];
    let bytes = 0;
    let last = 0;
    for (const row of rows) {
      if (occurrences.length === limit || bytes > pageBytes) {
        return { occurrences, next: last };
      }
      const text = textOf(row);
      bytes += text.length;
      last = row.id;
      occurrences.push(text);
    }
    return { occurrences };
  }

  #loadOccurrence({ id, counter }: OccurrenceId): string | undefined {
    const row = this.#open().prepare(`select ${itemColumns} from error_item where id = ?`).get(id) as unknown as
      | ItemRow
      | undefined;
    return row === undefined || (counter ?? row.counter) !== row.counter ? undefined : textOf(row);
  }
}

function matches(
  { group }: StoredGroup,
  { statuses = [], levels = [], environments = [], text = '' }: Omit<ErrorGroupQuery, 'before'>,
): boolean {
  return (
    (statuses.length === 0 || statuses.includes(group.status)) &&
    (levels.length === 0 || levels.includes(group.level)) &&
    (environments.length === 0 || environments.some((name) => group.environments.includes(name))) &&
    group.title.toLowerCase().includes(text.toLowerCase())
  );
}

function parseCursor(text: string | undefined): { seen: number; counter: number } | undefined {
  const [, seen, counter] = /^(-?\d{1,17})-(\d{1,15})$/.exec(text ?? '') ?? [];
  return seen === undefined ? undefined : { seen: Number(seen), counter: Number(counter) };
}

/** The text of an `OccurrenceJson`. */
function textOf(row: ItemRow): string {
  const body = bodyOf(row);
  return `{${[...fieldsOf(row, body), `"raw":${rollbarJsonOf(body) ?? 'null'}`].join()}}`;
}

function fieldsOf({ id, uuid, counter, received }: ItemRow, body: string): string[] {
  const time = epochNanos(BigInt(received) * 1_000_000n);
  const [item] = decodeRollbarItem(body, { time, uuid }).records;
  const json = JSON.stringify(item, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  return [`"id":"${id}"`, `"counter":${counter}`, `"receivedAt":"${time}"`, `"item":${json}`];
}

function bodyOf({ codec, body }: ItemRow): string {
  return new TextDecoder().decode(codec === 0 ? body : zstdDecompressSync(body));
}
