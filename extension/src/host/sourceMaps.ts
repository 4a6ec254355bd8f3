import {
  FlattenMap,
  GREATEST_LOWER_BOUND,
  LEAST_UPPER_BOUND,
  originalPositionFor,
  type TraceMap,
} from '@jridgewell/trace-mapping';

/** A place in a file; lines and columns count from 1, as people and stack traces count them. */
export interface SourcePlace {
  /** With `/`; absolute, or a URL of the bundler (`webpack:///./src/feed.ts`). */
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** Files by absolute paths with `/`. What it may not read, or what is not there, is `undefined`. */
export interface ReadableFiles {
  read(path: string): Promise<string | undefined>;
}

/** Longer files are taken as having no map: reading them would hold the editor up. */
const maxMapChars = 64 * 2 ** 20;
/** Maps that are kept, since a person goes through a stack frame by frame. */
const maxKept = 8;

/** Finds where a place in a generated file was written, by its source map. Bad maps are as good as none. */
export class SourceMaps {
  readonly #files: ReadableFiles;
  /** By generated file, with the text it was made from: a build in between makes another one. */
  readonly #kept = new Map<string, { readonly generated: string; readonly map: TraceMap | undefined }>();

  constructor(files: ReadableFiles) {
    this.#files = files;
  }

  /** The original of a place in `file`; `undefined` where the file has no map, or the map does not know the line. */
  async originalOf(
    file: string,
    place: { readonly line: number; readonly column?: number },
  ): Promise<SourcePlace | undefined> {
    const map = await this.#mapOf(file);
    return map === undefined ? undefined : originalIn(map, place.line, place.column);
  }

  async #mapOf(file: string): Promise<TraceMap | undefined> {
    const generated = await this.#files.read(file);
    if (generated === undefined) {
      return undefined;
    }
    const kept = this.#kept.get(file);
    if (kept?.generated === generated) {
      return kept.map;
    }
    const map = await this.#load(file, generated);
    this.#kept.delete(file);
    this.#kept.set(file, { generated, map });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= maxKept) {
        break;
      }
      this.#kept.delete(oldest);
    }
    return map;
  }

  async #load(file: string, generated: string): Promise<TraceMap | undefined> {
    const address = mapAddressIn(generated);
    if (address?.startsWith('data:') === true) {
      return parseMap(inlineMapOf(address), file);
    }
    const places = [...(address === undefined ? [] : [resolved(address, file)]), `${file}.map`];
    for (const place of new Set(places)) {
      const text = place === undefined ? undefined : await this.#files.read(place);
      const map = parseMap(text, place ?? file);
      if (map !== undefined) {
        return map;
      }
    }
    return undefined;
  }
}

/** The address after the last `sourceMappingURL` of a generated file; `undefined` where it names none. */
export function mapAddressIn(generated: string): string | undefined {
  const at = Math.max(generated.lastIndexOf('//# sourceMappingURL='), generated.lastIndexOf('//@ sourceMappingURL='));
  return at === -1 ? undefined : /^\S+/.exec(generated.slice(at + '//# sourceMappingURL='.length))?.[0];
}

function inlineMapOf(address: string): string | undefined {
  const comma = address.indexOf(',');
  const content = address.slice(comma + 1);
  if (/;base64$/i.test(address.slice(0, comma))) {
    return Buffer.from(content, 'base64').toString();
  }
  return decoded(content);
}

function parseMap(text: string | undefined, mapPath: string): TraceMap | undefined {
  if (text === undefined || text.length > maxMapChars) {
    return undefined;
  }
  try {
    // Some servers put a line before the JSON that keeps scripts of other origins from reading it.
    return new FlattenMap(text.replace(/^\)\]\}'[^\n]*\n/, ''), encodeURI(mapPath));
  } catch {
    // Not a source map, or a broken one: the generated file itself is still shown.
    return undefined;
  }
}

function originalIn(map: TraceMap, line: number, column: number | undefined): SourcePlace | undefined {
  const needle = { line: Math.max(1, line), column: Math.max(0, (column ?? 1) - 1) };
  // Without a column, and left of the first mapped one, the first of the line stands for the line.
  for (const bias of [GREATEST_LOWER_BOUND, LEAST_UPPER_BOUND] as const) {
    const found = originalPositionFor(map, { ...needle, bias });
    if (found.source !== null) {
      return { path: decoded(found.source) ?? found.source, line: found.line, column: found.column + 1 };
    }
  }
  return undefined;
}

/** A map's address beside its file; `undefined` for one that is no file. */
function resolved(address: string, file: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]+:/i.test(address) && !address.startsWith('file:')) {
    return undefined;
  }
  const url = URL.parse(address, `file://${encodeURI(file)}`);
  return url === null ? undefined : decoded(url.pathname);
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    // A stray `%`: it was never encoded.
    return undefined;
  }
}
