/**
 * Columns of numbers over one SharedArrayBuffer, so that the reader thread sees what the writer appends.
 *
 * Invariant: a buffer is never grown or moved. It is allocated at its largest size at once; pages that nobody touched cost no memory.
 */

interface ViewOf {
  u8: Uint8Array<SharedArrayBuffer>;
  u16: Uint16Array<SharedArrayBuffer>;
  u32: Uint32Array<SharedArrayBuffer>;
  f64: Float64Array<SharedArrayBuffer>;
}

export type ColumnType = keyof ViewOf;

/** A column's element type and its number of elements. */
export type ColumnSpec = readonly [type: ColumnType, length: number];

export type Columns<S extends Record<string, ColumnSpec>> = {
  readonly [K in keyof S]: ViewOf[S[K][0]];
};

const elementBytes: Record<ColumnType, number> = { u8: 1, u16: 2, u32: 4, f64: 8 };

/** Bytes that the columns of `spec` take together. */
export function bytesOfColumns(spec: Record<string, ColumnSpec>): number {
  return place(spec).bytes;
}

/**
 * Answers a function that views a column of `spec` by name over `buffer`, which must have `bytesOfColumns(spec)` bytes. All of them belong
 * into one object literal: an object that is filled name by name is a dictionary to V8, and every access to a column a search.
 */
export function columnsOver<S extends Record<string, ColumnSpec>>(
  spec: S,
  buffer: SharedArrayBuffer,
): <K extends keyof S & string>(name: K) => Columns<S>[K] {
  const places = new Map(place(spec).columns.map((column) => [column[0], column]));
  return (name) => {
    const [, type, offset, length] = places.get(name) as Placed;
    return makeView[type](buffer, offset, length) as Columns<S>[typeof name];
  };
}

const makeView: { [T in ColumnType]: (buffer: SharedArrayBuffer, offset: number, length: number) => ViewOf[T] } = {
  u8: (buffer, offset, length) => new Uint8Array(buffer, offset, length),
  u16: (buffer, offset, length) => new Uint16Array(buffer, offset, length),
  u32: (buffer, offset, length) => new Uint32Array(buffer, offset, length),
  f64: (buffer, offset, length) => new Float64Array(buffer, offset, length),
};

type Placed = readonly [name: string, type: ColumnType, offset: number, length: number];

function place(spec: Record<string, ColumnSpec>): {
  columns: Placed[];
  bytes: number;
} {
  const columns: Placed[] = [];
  let bytes = 0;
  for (const [name, [type, length]] of Object.entries(spec)) {
    // Eight-byte starts keep every element type aligned.
    bytes = (bytes + 7) & ~7;
    columns.push([name, type, bytes, length]);
    bytes += elementBytes[type] * length;
  }
  return { columns, bytes: (bytes + 7) & ~7 };
}
