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

/** Views of every column of `spec` over `buffer`, which must have `bytesOfColumns(spec)` bytes. */
export function viewColumns<S extends Record<string, ColumnSpec>>(spec: S, buffer: SharedArrayBuffer): Columns<S> {
  const views: Record<string, ViewOf[ColumnType]> = {};
  for (const [name, type, offset, length] of place(spec).columns) {
    views[name] = makeView[type](buffer, offset, length);
  }
  return views as Columns<S>;
}

const makeView: { [T in ColumnType]: (buffer: SharedArrayBuffer, offset: number, length: number) => ViewOf[T] } = {
  u8: (buffer, offset, length) => new Uint8Array(buffer, offset, length),
  u16: (buffer, offset, length) => new Uint16Array(buffer, offset, length),
  u32: (buffer, offset, length) => new Uint32Array(buffer, offset, length),
  f64: (buffer, offset, length) => new Float64Array(buffer, offset, length),
};

function place(spec: Record<string, ColumnSpec>): {
  columns: [name: string, type: ColumnType, offset: number, length: number][];
  bytes: number;
} {
  const columns: [string, ColumnType, number, number][] = [];
  let bytes = 0;
  for (const [name, [type, length]] of Object.entries(spec)) {
    // Eight-byte starts keep every element type aligned.
    bytes = (bytes + 7) & ~7;
    columns.push([name, type, bytes, length]);
    bytes += elementBytes[type] * length;
  }
  return { columns, bytes: (bytes + 7) & ~7 };
}
