import type { SpanId, TraceId } from '../src/model/ids.ts';
import type { Attributes, Span, SpanStatus } from '../src/model/span.ts';
import { durationNanos, epochNanos } from '../src/model/units.ts';

export const traceId = '4efaaf4d1e8720b39541901950019ee5' as TraceId;
const start = 1_795_397_632_000_000_000n;

/** How an outline's words become spans. */
const kinds: Readonly<Record<string, Partial<Span>>> = {
  segment: { source: 'xray', kind: 'server' },
  subsegment: { source: 'xray', kind: 'internal', isSubsegment: true },
  remote: { source: 'xray', kind: 'client', isSubsegment: true, attributes: { namespace: 'remote' } },
  aws: { source: 'xray', kind: 'client', isSubsegment: true, attributes: { namespace: 'aws' } },
  server: { source: 'otlp', kind: 'server' },
  client: { source: 'otlp', kind: 'client' },
  internal: { source: 'otlp', kind: 'internal' },
  producer: { source: 'otlp', kind: 'producer' },
  consumer: { source: 'otlp', kind: 'consumer' },
};

const statuses: readonly string[] = ['running', 'ok', 'error', 'fault', 'throttled'] satisfies SpanStatus[];

/**
 * The spans of a trace out of an outline, a line a span, indented below its parent: `client shop GET error 10+30 {"peer.service":"pay"}`.
 * A segment's service is its name, a subsegment has its segment's; of an OTel span the service comes before the name. `10+30` are
 * milliseconds of start and duration (0+100 where there are none), `<outside` and `<lost` are parents that are not there.
 */
export function spansOf(outline: string): Span[] {
  const spans: Span[] = [];
  const open: { readonly indent: number; readonly span: Span }[] = [];
  for (const [index, line] of outline.split('\n').entries()) {
    const indent = line.search(/\S/);
    while (open.length > 0 && (open.at(-1)?.indent ?? -1) >= indent) {
      open.pop();
    }
    if (indent !== -1) {
      const span = spanOf(line.trim(), index, open.at(-1)?.span);
      spans.push(span);
      open.push({ indent, span });
    }
  }
  return spans;
}

function spanOf(line: string, index: number, parent: Span | undefined): Span {
  const [head = '', json] = line.split(/ (?=\{)/, 2);
  const [word = '', ...names] = head.split(' ').filter((part) => !isMark(part));
  const marks = head.split(' ').filter(isMark);
  const base = kinds[word] ?? {};
  const [from = 0, length = 100] = (marks.find((mark) => mark.includes('+')) ?? '0+100').split('+').map(Number);
  const { http, user, resource, exceptions, annotations, metadata, statusMessage, ...attributes } = JSON.parse(
    json ?? '{}',
  ) as Record<string, never>;
  const isOtel = base.source === 'otlp';
  const isSubsegment = base.isSubsegment === true;
  const outside = marks.includes('<outside') || marks.includes('<lost') ? idOf(0xdead) : undefined;
  const parentId = outside ?? parent?.id;
  return {
    id: idOf(index + 1),
    traceId,
    name: (isOtel ? names.slice(1).join(' ') : names.join(' ')) || (names[0] ?? ''),
    service: isSubsegment ? (parent?.service ?? '') : isOtel ? (names[0] ?? '') : names.join(' '),
    kind: 'internal',
    source: 'otlp',
    status: (marks.find((mark) => statuses.includes(mark)) ?? 'ok') as SpanStatus,
    startTime: epochNanos(start + BigInt(Math.round(from * 1e6))),
    duration: durationNanos(marks.includes('running') ? 0n : BigInt(Math.round(length * 1e6))),
    ...base,
    attributes: { ...base.attributes, ...(attributes as Attributes), ...(user === undefined ? {} : { user }) },
    annotations: annotations ?? {},
    metadata: metadata ?? {},
    resource: resource ?? {},
    events: [],
    links: [],
    exceptions: exceptions ?? [],
    ...(http === undefined ? {} : { http }),
    ...(statusMessage === undefined ? {} : { statusMessage }),
    ...(parentId === undefined ? {} : { parentId }),
    ...(marks.includes('<outside') ? { isParentRemote: true } : {}),
    ...(marks.includes('<lost') ? { isParentRemote: false } : {}),
  };
}

function isMark(word: string): boolean {
  return statuses.includes(word) || /^\d+(\.\d+)?\+\d+(\.\d+)?$/.test(word) || /^<(outside|lost)$/.test(word);
}

function idOf(number: number): SpanId {
  return number.toString(16).padStart(16, '0') as SpanId;
}
