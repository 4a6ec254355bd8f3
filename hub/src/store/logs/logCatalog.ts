import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ChunkPart } from './logChunk.ts';
import { catalogKey } from './logSchema.ts';
import { groupExists, groupMissing, streamExists, streamMissing } from './logFailure.ts';

/** What AWS keeps with a group beside its name. */
export interface GroupExtras {
  readonly tags: Readonly<Record<string, string>>;
  readonly groupClass: string;
  readonly kmsKeyId?: string;
  readonly metricFilters: readonly StoredMetricFilter[];
}

export interface StoredMetricFilter {
  readonly filterName: string;
  readonly filterPattern: string;
  readonly metricTransformations: readonly Readonly<Record<string, unknown>>[];
  readonly creationTime: number;
}

export interface LogStream {
  readonly id: number;
  readonly name: string;
  /** Milliseconds since the Unix epoch, as are the others. */
  readonly created: number;
  events: number;
  bytes: number;
  first: number | undefined;
  last: number | undefined;
  lastIngestion: number | undefined;
  writers: readonly string[];
}

export interface LogGroup {
  readonly id: number;
  readonly name: string;
  readonly created: number;
  retentionDays: number | undefined;
  extras: GroupExtras;
  readonly streams: Map<string, LogStream>;
  /** The sequence number of its next event. */
  nextSequence: number;
}

const keptWriters = 5;

/** The groups and streams, in the writer thread: in memory with their counts, and in the database. Calls that change it need a transaction. */
export class LogCatalog {
  readonly #groups = new Map<string, LogGroup>();
  readonly #groupsById = new Map<number, LogGroup>();
  readonly #streamsById = new Map<number, LogStream>();
  readonly #insertGroup: StatementSync;
  readonly #updateGroup: StatementSync;
  readonly #deleteGroup: StatementSync;
  readonly #insertStream: StatementSync;
  readonly #deleteStream: StatementSync;
  readonly #deleteStreams: StatementSync;
  readonly #noteWriters: StatementSync;
  readonly #deleteWriters: StatementSync;
  readonly #note: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insertGroup = database.prepare('insert into log_group (name, created, extra) values (?, ?, ?)');
    this.#updateGroup = database.prepare('update log_group set retention = ?, extra = ? where id = ?');
    this.#deleteGroup = database.prepare('delete from log_group where id = ?');
    this.#insertStream = database.prepare('insert into log_stream (grp, name, created) values (?, ?, ?)');
    this.#deleteStream = database.prepare('delete from log_stream where id = ?');
    this.#deleteStreams = database.prepare('delete from log_stream where grp = ?');
    this.#noteWriters = database.prepare('insert or replace into log_writers (stream, names) values (?, ?)');
    this.#deleteWriters = database.prepare('delete from log_writers where stream = ?');
    this.#note = database.prepare(
      `insert into meta (key, value) values ('${catalogKey}', 1) on conflict (key) do update set value = value + 1`,
    );
    this.#load(database);
  }

  get groups(): Iterable<LogGroup> {
    return this.#groups.values();
  }

  /** Throws `LogRefusal` where there is none. */
  group(name: string): LogGroup {
    const group = this.#groups.get(name);
    if (group === undefined) {
      throw groupMissing();
    }
    return group;
  }

  /** Throws `LogRefusal` where there is none. */
  stream(group: LogGroup, name: string): LogStream {
    const stream = group.streams.get(name);
    if (stream === undefined) {
      throw streamMissing();
    }
    return stream;
  }

  groupOf(id: number): LogGroup | undefined {
    return this.#groupsById.get(id);
  }

  hasStream(id: number): boolean {
    return this.#streamsById.has(id);
  }

  createGroup(name: string, extras: GroupExtras, now: number): void {
    if (this.#groups.has(name)) {
      throw groupExists();
    }
    const id = Number(this.#insertGroup.run(name, now, JSON.stringify(extras)).lastInsertRowid);
    this.#note.run();
    this.#addGroup({ id, name, created: now, retentionDays: undefined, extras, streams: new Map(), nextSequence: 0 });
  }

  createStream(group: LogGroup, name: string, now: number): void {
    if (group.streams.has(name)) {
      throw streamExists();
    }
    const id = Number(this.#insertStream.run(group.id, name, now).lastInsertRowid);
    this.#note.run();
    this.#addStream(group, newStream(id, name, now));
  }

  deleteGroup(group: LogGroup): void {
    this.#deleteStreams.run(group.id);
    this.#deleteGroup.run(group.id);
    this.#note.run();
    for (const stream of group.streams.values()) {
      this.#deleteWriters.run(stream.id);
      this.#streamsById.delete(stream.id);
    }
    this.#groups.delete(group.name);
    this.#groupsById.delete(group.id);
  }

  deleteStream(group: LogGroup, stream: LogStream): void {
    this.#deleteStream.run(stream.id);
    this.#deleteWriters.run(stream.id);
    this.#note.run();
    group.streams.delete(stream.name);
    this.#streamsById.delete(stream.id);
  }

  change(group: LogGroup, change: { retentionDays?: number | null; extras?: GroupExtras }): void {
    if (change.retentionDays !== undefined) {
      group.retentionDays = change.retentionDays ?? undefined;
    }
    group.extras = change.extras ?? group.extras;
    this.#updateGroup.run(group.retentionDays ?? null, JSON.stringify(group.extras), group.id);
    this.#note.run();
  }

  /** Counts a batch, and notes who wrote it: of one that was found in the database, that is known already. */
  count({ stream: id, count, bytes, first, last, ingested }: ChunkPart, writer?: string): void {
    const stream = this.#streamsById.get(id);
    if (stream === undefined) {
      return;
    }
    stream.events += count;
    stream.bytes += bytes;
    stream.first = Math.min(stream.first ?? first, first);
    stream.last = Math.max(stream.last ?? last, last);
    stream.lastIngestion = Math.max(stream.lastIngestion ?? ingested, ingested);
    if (writer !== undefined && stream.writers[0] !== writer) {
      stream.writers = [writer, ...stream.writers.filter((known) => known !== writer)].slice(0, keptWriters);
      this.#noteWriters.run(id, JSON.stringify(stream.writers));
    }
  }

  /** Takes away what a removed batch had counted. First and last are left: they say what was once written. */
  uncount({ stream: id, count, bytes }: ChunkPart): void {
    const stream = this.#streamsById.get(id);
    if (stream !== undefined) {
      stream.events -= count;
      stream.bytes -= bytes;
    }
  }

  #load(database: DatabaseSync): void {
    const groups = database.prepare('select id, name, created, retention, extra from log_group').all() as unknown as {
      id: number;
      name: string;
      created: number;
      retention: number | null;
      extra: string;
    }[];
    for (const { id, name, created, retention, extra } of groups) {
      const extras = JSON.parse(extra) as GroupExtras;
      // Higher than any it had: the chunks that would tell may have been removed.
      const nextSequence = Date.now() * 1000;
      this.#addGroup({
        id,
        name,
        created,
        retentionDays: retention ?? undefined,
        extras,
        streams: new Map(),
        nextSequence,
      });
    }
    const streams = database.prepare('select id, grp, name, created from log_stream').all() as unknown as {
      id: number;
      grp: number;
      name: string;
      created: number;
    }[];
    for (const { id, grp, name, created } of streams) {
      const group = this.#groupsById.get(grp);
      if (group !== undefined) {
        this.#addStream(group, newStream(id, name, created));
      }
    }
    this.#loadWriters(database);
  }

  #loadWriters(database: DatabaseSync): void {
    const rows = database.prepare('select stream, names from log_writers').all() as unknown as {
      stream: number;
      names: string;
    }[];
    for (const { stream: id, names } of rows) {
      const stream = this.#streamsById.get(id);
      if (stream !== undefined) {
        stream.writers = JSON.parse(names) as readonly string[];
      }
    }
  }

  #addGroup(group: LogGroup): void {
    this.#groups.set(group.name, group);
    this.#groupsById.set(group.id, group);
  }

  #addStream(group: LogGroup, stream: LogStream): void {
    group.streams.set(stream.name, stream);
    this.#streamsById.set(stream.id, stream);
  }
}

function newStream(id: number, name: string, created: number): LogStream {
  return {
    id,
    name,
    created,
    events: 0,
    bytes: 0,
    first: undefined,
    last: undefined,
    lastIngestion: undefined,
    writers: [],
  };
}
