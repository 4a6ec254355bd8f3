/** A filter expression that is wrong, as the hub answers it with status 400. */
export interface FilterError {
  /** One sentence: what is wrong, and what could stand there. */
  readonly error: string;
  /** Counted from 1, in UTF-16 units; absent where no single place is wrong, as with a group that does not exist. */
  readonly column?: number;
  /** Zero at the end of the text. */
  readonly length?: number;
  /** What could stand at the column, as it is written, else words such as `text in quotation marks`. */
  readonly expected?: readonly string[];
}

/** Characters of a filter expression, wherever one is taken. X-Ray names no limit; this one keeps what every query compiles small. */
export const longestFilter = 10_000;

/** `GET /sightline/v1/groups`: X-Ray's groups by name. */
export interface GroupList {
  readonly groups: readonly GroupJson[];
}

/** A filter expression under a name: what X-Ray calls a group. */
export interface GroupJson {
  readonly name: string;
  readonly arn: string;
  /** Empty: every trace. */
  readonly filter: string;
}

/**
 * `PUT /sightline/v1/groups` creates a group or changes its filter; with `newName` it renames one that is there. A filter that is wrong is a 400
 * with a `FilterError`.
 */
export interface GroupChange {
  readonly name: string;
  readonly filter?: string;
  readonly newName?: string;
}

/** `GET /sightline/v1/filter-facts`: what a filter could ask for, as it was seen; each list bounded and the most frequent first. */
export interface FilterFactsJson {
  readonly services: readonly { readonly name: string; readonly type?: string }[];
  readonly annotations: readonly { readonly key: string; readonly values: readonly (string | number | boolean)[] }[];
  /** Keys of X-Ray metadata and of attributes that no filter can ask for. */
  readonly metadataKeys: readonly string[];
}
