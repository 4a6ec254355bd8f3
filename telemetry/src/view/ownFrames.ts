import type { StackFrame } from '../model/span.ts';

/** Code that came with a package manager, a runtime or a bundler; each is a folder or a form of path that no app has for its own files. */
const foreign: readonly RegExp[] = [
  /(?:^|[\\/])(?:node_modules|site-packages|dist-packages|\.yarn|gems|vendor[\\/]bundle)[\\/]/,
  // Node's own: `node:internal/timers`, `internal/timers.js`; V8's `<anonymous>`, `native`; Python's `<frozen importlib._bootstrap>`
  /^(?:node:|internal[\\/]|native$|\[native code\]$|<)/,
  // Python's and Go's standard library, Go's modules
  /[\\/]lib(?:64)?[\\/]python\d[\d.]*[\\/]|[\\/](?:go|golang)[\\/](?:src|pkg[\\/]mod)[\\/]/,
  /^webpack(?:-internal)?:\/\/\/?(?:[^/]*\/)?(?:webpack\/|external )/,
];

/** Whether a frame is in the app's own code, as far as its path tells. A frame without a path is not. */
export function isOwnFrame({ path }: Pick<StackFrame, 'path'>): boolean {
  return path !== '' && !foreign.some((form) => form.test(path));
}

/** A stack for reading: the app's own frames first, the others below, each in the order of the stack. */
export function ownFramesFirst<F extends StackFrame>(
  stack: readonly F[],
): readonly { readonly frame: F; readonly isOwn: boolean }[] {
  const marked = stack.map((frame) => ({ frame, isOwn: isOwnFrame(frame) }));
  return [...marked.filter(({ isOwn }) => isOwn), ...marked.filter(({ isOwn }) => !isOwn)];
}
