import type { LogRowJson } from '@sightline/hub/client/logsApi';
import { largestLogPage, type LogEventQuery, type LogScope, type LogSource } from '../sources/logSource.ts';
import { levelWords } from './logsRows.ts';
import { epochMillisOf, toCountText, toLocalTimeText } from './tracesText.ts';

/** Lines and characters that a document holds at most; the editor refuses to show more than about 50 MB. */
const mostLines = 20_000;
const mostChars = 20_000_000;

/** One line of a log as text: `2026-11-23 14:03:07.120 ERROR message`; the level is left out where it is not known. */
export function renderLogLine({ time, level, message }: LogRowJson): string {
  const word = levelWords[level] === '' ? '' : `${levelWords[level].toUpperCase()} `;
  return `${toLocalTimeText(epochMillisOf(time))} ${word}${message.trimEnd()}`;
}

/** The newest lines as one text, oldest first; a first line says so where older ones are left out. */
export async function renderLogDocument(
  source: LogSource,
  scope: LogScope & Pick<LogEventQuery, 'pattern'>,
  signal: AbortSignal,
): Promise<string> {
  const lines: string[] = [];
  let chars = 0;
  let before: string | undefined;
  do {
    const query = { ...scope, limit: largestLogPage, ...(before !== undefined && { before }) };
    const { events, next } = await source.listEvents(query, signal);
    for (const event of events) {
      const line = renderLogLine(event);
      chars += line.length + 1;
      lines.push(line);
    }
    before = next;
  } while (before !== undefined && lines.length < mostLines && chars < mostChars);
  const note =
    before === undefined
      ? []
      : [`… older lines are left out: these are the newest ${toCountText(lines.length, 'line')}.`];
  return [...note, ...lines.toReversed(), ''].join('\n');
}

/** A path that names the document: `/<scope as JSON, escaped>/<title>.log`. The tab shows the last part. */
export function toLogDocumentPath(scope: LogDocumentScope): string {
  const name = [scope.group, ...(scope.streams ?? [])]
    .join(' ')
    .replaceAll(/[^\p{L}\p{N} ._@()-]+/gu, ' ')
    .trim();
  return `/${encodeURIComponent(JSON.stringify(scope))}/${name.slice(-80)}.log`;
}

/** Reads such a path back; `undefined` for any other path. */
export function parseLogDocumentPath(path: string): LogDocumentScope | undefined {
  const part = /^\/([^/]+)\/[^/]+\.log$/.exec(path)?.[1];
  if (part === undefined) {
    return undefined;
  }
  try {
    const scope: unknown = JSON.parse(decodeURIComponent(part));
    return typeof scope === 'object' && scope !== null && 'group' in scope ? (scope as LogDocumentScope) : undefined;
  } catch {
    // An address that somebody typed.
    return undefined;
  }
}

/** Whose lines a document shows, and which of them. */
export type LogDocumentScope = LogScope & Pick<LogEventQuery, 'pattern'>;
