import { isSpace } from './filterPatternCursor.ts';
import type { Field, FieldsPattern } from './filterPatternTree.ts';

/** A field of a space-delimited line: where it begins in it, and its text without the marks around it. */
interface LineField {
  readonly start: number;
  readonly text: string;
}

/** Splits a line at spaces; what is between quotation marks or brackets is one field. */
export function splitLine(line: string): readonly LineField[] {
  const fields: LineField[] = [];
  let at = 0;
  for (;;) {
    while (at < line.length && isSpace(line.charCodeAt(at))) {
      at++;
    }
    if (at >= line.length) {
      return fields;
    }
    const start = at;
    at = endOfField(line, start);
    const isMarked = isClosed(line, start, at);
    fields.push({ start, text: isMarked ? line.slice(start + 1, at - 1) : line.slice(start, at) });
  }
}

/** Past the closing mark where the field begins with one and has it; else the next space. */
function endOfField(line: string, start: number): number {
  const closing = closingOf(line.charAt(start));
  const close = closing === undefined ? -1 : line.indexOf(closing, start + 1);
  if (close !== -1 && (close + 1 === line.length || isSpace(line.charCodeAt(close + 1)))) {
    return close + 1;
  }
  let end = start;
  while (end < line.length && !isSpace(line.charCodeAt(end))) {
    end++;
  }
  return end;
}

function isClosed(line: string, start: number, end: number): boolean {
  return end - start >= 2 && line.charAt(end - 1) === closingOf(line.charAt(start));
}

function closingOf(opening: string): string | undefined {
  return opening === '"' ? '"' : opening === '[' ? ']' : undefined;
}

/** What a pattern makes of a line. */
export interface LineReading {
  /** The value of each of the pattern's fields, in order. */
  readonly values: readonly string[];
  /** Every value by its name, `$name` or its place, `$1`. */
  readonly extracted: Readonly<Record<string, string>>;
}

/** The fields of a line as the pattern names them; `undefined` where the line has too few. */
export function readLine(pattern: FieldsPattern, line: string): LineReading | undefined {
  const fields = splitLine(line);
  const { head, tail } = pattern;
  const named = head.length + (tail?.length ?? 0);
  if (fields.length < named) {
    return undefined;
  }
  const texts = fields.map(({ text }) => text);
  if (tail === undefined && fields.length > named) {
    // The last field of the pattern takes the rest of the line as it is.
    const rest = fields[named - 1];
    texts.splice(named - 1, Infinity, line.slice(rest?.start).trimEnd());
  }
  const firstOfTail = texts.length - (tail?.length ?? 0);
  const fieldAt = (index: number): Field | undefined =>
    index < head.length ? head[index] : index >= firstOfTail ? tail?.[index - firstOfTail] : undefined;
  const extracted = texts.map((text, index) => [`$${fieldAt(index)?.name ?? index + 1}`, text] as const);
  return {
    values: [...texts.slice(0, head.length), ...texts.slice(firstOfTail, firstOfTail + (tail?.length ?? 0))],
    extracted: Object.fromEntries(extracted),
  };
}
