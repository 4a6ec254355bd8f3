/** Where a stack frame may be in the workspace, most likely first: files to look for, and names to search when none of them is there. */
export interface FramePlaces {
  /** Absolute paths with `/`, all inside the workspace folders. */
  readonly files: readonly string[];
  /** Path tails with `/`, longest first, for a search of the whole workspace. */
  readonly tails: readonly string[];
}

/** Most parts of a path that a search is tried with. */
const longestTail = 4;

/**
 * Maps the path of a stack frame to places in the workspace folders (absolute paths). A frame comes from whoever sent the trace, so nothing outside
 * the folders is ever answered. A path of a container (`/app/src/feed.ts`) is tried with each of its tails, since only its root differs.
 */
export function framePlaces(framePath: string, folders: readonly string[]): FramePlaces {
  const parts = partsOf(framePath);
  if (parts === undefined || parts.length === 0) {
    return { files: [], tails: [] };
  }
  const path = parts.join('/');
  const inFolder = folders
    .filter((folder) => `${path}/`.startsWith(`${trimmed(folder)}/`))
    .map((folder) => ({ folder }));
  const exact = inFolder.map(({ folder }) => `${rooted(folder)}${path.slice(trimmed(folder).length)}`);
  const tails = parts.map((_part, index) => parts.slice(index).join('/'));
  const below = tails.flatMap((tail) => folders.map((folder) => `${rooted(folder)}/${tail}`));
  return { files: [...new Set([...exact, ...below])], tails: tails.slice(-longestTail) };
}

/** Of files that a search found, the one that shares the longest tail with the frame; `undefined` where two share the same. */
export function bestMatch(framePath: string, files: readonly string[]): string | undefined {
  const parts = partsOf(framePath) ?? [];
  const scored = files
    .map((file) => ({ file, shared: sharedTail(parts, partsOf(file) ?? []) }))
    .filter(({ shared }) => shared > 0)
    .toSorted((one, other) => other.shared - one.shared);
  const [best, second] = scored;
  return best === undefined || best.shared === second?.shared ? undefined : best.file;
}

/** Whether a frame is of the app itself rather than of its runtime or a library. */
export function isOwnFrame(framePath: string): boolean {
  return (
    framePath !== '' &&
    !/^(node:|internal\/|<|native$|\[native)/.test(framePath) &&
    !/[\\/](node_modules|site-packages|dist-packages|lib[\\/]python\d)[\\/.]/.test(framePath) &&
    partsOf(framePath) !== undefined
  );
}

/** The parts of a path without its root, drive or scheme; `undefined` where it is not the path of a file or leaves its root. */
function partsOf(path: string): readonly string[] | undefined {
  const plain = withoutScheme(path)
    ?.replaceAll('\\', '/')
    .replace(/[?#].*$/, '')
    .replace(/^\/?[A-Za-z]:(?=\/)/, '');
  const parts = plain?.split('/').filter((part) => part !== '' && part !== '.');
  return parts === undefined || parts.includes('..') || parts.some((part) => part.includes('\0')) ? undefined : parts;
}

function withoutScheme(path: string): string | undefined {
  if (/^file:\/\//i.test(path)) {
    return decoded(path.replace(/^file:\/\/[^/]*/i, ''));
  }
  if (/^(webpack|webpack-internal|vite|app):\/\//i.test(path)) {
    return path.replace(/^[\w-]+:\/\/[^/]*/, '');
  }
  // Two letters at least, for one letter is a Windows drive.
  return /^[a-z][a-z0-9+.-]+:/i.test(path) ? undefined : path;
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    // A stray `%` is part of a name that was never encoded.
    return path;
  }
}

function trimmed(folder: string): string {
  return (partsOf(folder) ?? []).join('/');
}

function rooted(folder: string): string {
  return folder.replaceAll('\\', '/').replace(/\/+$/, '');
}

function sharedTail(one: readonly string[], other: readonly string[]): number {
  let shared = 0;
  while (shared < one.length && shared < other.length && one.at(-1 - shared) === other.at(-1 - shared)) {
    shared += 1;
  }
  return shared;
}
