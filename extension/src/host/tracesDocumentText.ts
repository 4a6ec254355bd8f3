import type { RawTrace, SpanJson } from '@sightline/hub/client/api';
import { besideDocumentOf, type LoadedBeside } from './tracesBeside.ts';
import { toDurationText } from '@sightline/telemetry/view/duration';
import { epochMillisOf, toLocalTimeText } from './tracesText.ts';

/** What a read-only document shows: a trace as its senders wrote it, or one span of it. */
export interface TraceDocument {
  readonly traceId: string;
  /** Absent for the whole trace. */
  readonly spanId?: string;
  /** Read by people, in the tab. */
  readonly title: string;
}

/** Documents are cut here, since the editor refuses to show more than about 50 MB. */
const maxDocumentChars = 20_000_000;

/** A path that names the document: `/<trace id>/<span id or "raw">/<title>.json`. The tab shows the last part. */
export function toDocumentPath({ traceId, spanId, title }: TraceDocument): string {
  const name = title.replaceAll(/[^\p{L}\p{N} ._@()-]+/gu, ' ').trim();
  return `/${traceId}/${spanId ?? 'raw'}/${name === '' ? 'trace' : name.slice(0, 80)}.json`;
}

/** Reads such a path back, apart from the title; `undefined` for any other path. */
export function parseDocumentPath(path: string): Omit<TraceDocument, 'title'> | undefined {
  const match = /^\/([0-9a-f]{32})\/(raw|[0-9a-f]{16})\/[^/]+\.json$/.exec(path);
  const [, traceId, part] = match ?? [];
  if (traceId === undefined || part === undefined) {
    return undefined;
  }
  return part === 'raw' ? { traceId } : { traceId, spanId: part };
}

/** A trace as JSON: its log lines and errors, then the documents as they came, oldest first; what does not fit is counted at the end. */
export function renderRawDocument(raw: RawTrace, beside?: LoadedBeside): string {
  const parts: string[] = [];
  let chars = 0;
  for (const { source, format, receivedAt, document } of raw.documents) {
    const received = receivedAt === undefined ? {} : { receivedAt: withLocalTime(receivedAt) };
    const part = indented({ source, format, ...received, document }, 4);
    chars += part.length;
    if (chars > maxDocumentChars) {
      break;
    }
    parts.push(part);
  }
  const left = raw.documents.length - parts.length;
  const documents = parts.length === 0 ? '[]' : `[\n${parts.join(',\n')}\n  ]`;
  const rest = left === 0 ? '' : `,\n  "documentsLeftOutForTheirSize": ${left}`;
  const others = beside === undefined ? '' : besideText(beside);
  return `{\n  "traceId": ${JSON.stringify(raw.id)},\n${others}  "documents": ${documents}${rest}\n}\n`;
}

/** One span as JSON with its times in words, and without the groups that its sender left empty. */
export function renderSpanDocument(traceId: string, span: SpanJson): string {
  const { id, parentId, startTime, durationNanos, ...rest } = span;
  const shown = {
    traceId,
    id,
    parentId,
    start: withLocalTime(startTime),
    duration: span.status === 'running' ? 'running' : toDurationText(Number(durationNanos)),
    durationNanos,
    ...Object.fromEntries(Object.entries(rest).filter(([, value]) => !isEmpty(value))),
  };
  return `${JSON.stringify(shown, undefined, 2)}\n`;
}

/** Left out where they would be too long for the editor: the documents are what was asked for. */
function besideText(beside: LoadedBeside): string {
  const shown = Object.entries(besideDocumentOf(beside)).filter(([, value]) => !isEmpty(value));
  const text = shown.map(([name, value]) => `  ${JSON.stringify(name)}: ${indented(value, 2).trimStart()},\n`).join('');
  return text.length > maxDocumentChars / 2 ? '' : text;
}

/** Local time for people beside the exact nanoseconds. */
function withLocalTime(nanos: string): string {
  return `${toLocalTimeText(epochMillisOf(nanos))} (${nanos} ns)`;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function indented(value: unknown, spaces: number): string {
  const margin = ' '.repeat(spaces);
  return JSON.stringify(value, undefined, 2)
    .split('\n')
    .map((line) => margin + line)
    .join('\n');
}
