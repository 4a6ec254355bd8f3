import type { StackFrame } from '../model/span.ts';

/** Bounds the work on a text that a sender made; a stack overflow's trace is longer than anybody reads. */
const maxLines = 1000;
const maxLineLength = 1000;

// `at handler (/app/a.js:10:5)`, `at /app/a.js:10:5`, `at pkg.Class.method(File.java:123)`
const parenthesised = /^\s*at (.+?) ?\(([^()]+?)(?::(\d+))?(?::(\d+))?\)$/;
const bare = /^\s*at (?:async )?(\S+?):(\d+):(\d+)$/;
// `  File "app.py", line 10, in handler`
const python = /^\s*File "([^"]+)", line (\d+)(?:, in (.+))?$/;
// Go prints `main.handler(0xc000, 0x1)` and on the line below it `\t/app/main.go:10 +0x1d`
const goFile = /^\t(\S.*?\.(?:go|s)):(\d+)(?: \+0x[0-9a-f]+)?$/;

/** Frames of a stack trace as V8, Python, Java and Go print it, newest first; lines of another shape are passed over. */
export function parseStack(text: string): StackFrame[] {
  const frames: StackFrame[] = [];
  let isOldestFirst = false;
  let lineBefore = '';
  for (const line of text.split(/\r?\n/, maxLines)) {
    if (line.length > maxLineLength) {
      continue;
    }
    const pythonFrame = toFrame(python.exec(line), 1, 2, undefined, 3);
    isOldestFirst ||= pythonFrame !== undefined;
    const frame =
      pythonFrame ??
      toFrame(parenthesised.exec(line), 2, 3, 4, 1) ??
      toFrame(bare.exec(line), 1, 2, 3, undefined) ??
      toGoFrame(line, lineBefore);
    if (frame !== undefined) {
      frames.push(frame);
    }
    lineBefore = line;
  }
  return isOldestFirst ? frames.toReversed() : frames;
}

function toFrame(
  match: RegExpExecArray | null,
  path: number,
  line: number,
  column: number | undefined,
  label: number | undefined,
): StackFrame | undefined {
  if (match === null) {
    return undefined;
  }
  const lineText = match[line];
  const columnText = column === undefined ? undefined : match[column];
  const labelText = label === undefined ? undefined : match[label];
  return {
    path: match[path] ?? '',
    ...(lineText === undefined ? {} : { line: Number(lineText) }),
    ...(columnText === undefined ? {} : { column: Number(columnText) }),
    ...(labelText === undefined ? {} : { label: labelText }),
  };
}

function toGoFrame(line: string, lineBefore: string): StackFrame | undefined {
  const match = goFile.exec(line);
  if (match === null) {
    return undefined;
  }
  // Only the last parentheses are arguments: `main.(*Server).handle(0xc000)`.
  const label = lineBefore.replace(/\([^()]*\)$/, '').replace(/^created by (\S+).*$/, '$1');
  return { path: match[1] ?? '', line: Number(match[2]), ...(label === '' ? {} : { label }) };
}
