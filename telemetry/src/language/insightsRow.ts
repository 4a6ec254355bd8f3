import { parseFields, type JsonFields } from '../decode/json.ts';
import type { Value } from './insightsValues.ts';

/**
 * A log event as a query sees it. Members are read only when the query needs them, so a store may give getters.
 * The query keeps the object while it may be a result: a new one for each event.
 */
export interface InsightsEvent {
  /** Milliseconds since the Unix epoch, as is the next. */
  readonly timestamp: number;
  readonly ingestionTime: number;
  readonly message: string;
  readonly logStream: string;
  /** `account:group`, as AWS gives it for `@log`. */
  readonly log: string;
  /** What GetLogRecord takes. */
  readonly ptr: string;
  /** The size of the message, where the store knows it without decoding; else its length counts. */
  readonly bytes?: number;
}

/** A row on its way through the commands: an event, or what `stats` made, with the values computed so far. */
export class Row {
  readonly event: InsightsEvent | undefined;
  /** Where it came in: the order of what is otherwise equal. */
  readonly sequence: number;
  /** Computed values, by the slot that the compiler gave to each name. */
  readonly slots: Value[];
  /** What the last `sort` sorts by. */
  sortKeys: readonly Value[] = [];
  #json: JsonFields | null | undefined;

  constructor(event: InsightsEvent | undefined, sequence: number, slots: Value[]) {
    this.event = event;
    this.sequence = sequence;
    this.slots = slots;
  }

  /** The value at a path of the message, where that is a JSON object. */
  discovered(path: readonly string[], name: string): Value {
    this.#json ??= parseObject(this.event?.message);
    if (this.#json === null) {
      return undefined;
    }
    let value: unknown = this.#json;
    for (const key of path) {
      value = memberOf(value, key);
    }
    return scalarOf(value) ?? (path.length > 1 ? scalarOf(memberOf(this.#json, name)) : undefined);
  }
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as JsonFields)[key]
    : undefined;
}

/** AWS discovers the leaves of a message, not the objects and lists on the way to them. */
function scalarOf(value: unknown): Value {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

function parseObject(message: string | undefined): JsonFields | null {
  if (message === undefined || !/^\s*\{/.test(message)) {
    return null;
  }
  try {
    return parseFields(JSON.parse(message)) ?? null;
  } catch {
    // A message that only looks like JSON has no fields of its own.
    return null;
  }
}
