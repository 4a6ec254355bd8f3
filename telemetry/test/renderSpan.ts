import type { Decoded } from '../src/decode/decoded.ts';
import type { LogEvent } from '../src/model/logEvent.ts';
import type { Span } from '../src/model/span.ts';

/** What a decoder gave as text, for comparing: a line a span with what is short, an indented line for each thing that it also has. */
export function renderSpans({ records, problems }: Decoded<Span>): string {
  return [...records.map(renderSpan), ...renderProblems(problems)].join('\n');
}

export function renderSpan(span: Span): string {
  const parent =
    span.parentId === undefined ? '' : ` < ${span.parentId}${span.isParentRemote === true ? ' (remote)' : ''}`;
  const kind = span.isSubsegment === true ? `${span.kind} subsegment` : span.kind;
  const lines = [
    `${span.id}${parent} ${span.name} [${span.service}] ${kind} ${span.status} ${span.startTime} +${span.duration}`,
    ...named('http', span.http),
    ...named('message', span.statusMessage),
    ...named('attributes', span.attributes),
    ...named('annotations', span.annotations),
    ...named('metadata', span.metadata),
    ...named('resource', span.resource),
    ...named('scope', span.scope),
    ...named('tracestate', span.traceState),
    ...named('dropped', span.dropped),
    ...span.events.flatMap((event) => named('event', { ...event, attributes: withoutStack(event.attributes) })),
    ...span.links.flatMap((link) => named('link', link)),
    ...span.exceptions.flatMap(({ stack, stackText, ...exception }) => [
      ...named('exception', exception),
      ...stack.map(
        ({ path, line, column, label }) =>
          `  at ${[label ?? '?', path, line, column].filter((part) => part !== undefined).join(' ')}`,
      ),
      ...(stackText === undefined ? [] : [`  of ${stackText.length} characters of text`]),
    ]),
  ];
  return lines.join('\n  ');
}

export function renderLogs({ records, problems }: Decoded<LogEvent>): string {
  return [...records.map(renderLog), ...renderProblems(problems)].join('\n');
}

function renderLog({ time, level, message, ...rest }: LogEvent): string {
  const { severityNumber, severityText, traceId, spanId, service, scope, eventName, body, attributes, resource } = rest;
  return [
    `${time} ${level} ${JSON.stringify(message)}`,
    ...named('said', { severityNumber, severityText, eventName, service, scope, traceId, spanId }),
    ...named('body', body),
    ...named('attributes', attributes),
    ...named('resource', resource),
  ].join('\n  ');
}

function renderProblems(problems: Decoded<unknown>['problems']): string[] {
  return problems.map(({ place, message }) => `! ${place}: ${message}`);
}

function named(name: string, value: unknown): string[] {
  const text = JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner));
  return text === undefined || text === '{}' ? [] : [`${name} ${text}`];
}

/** The stack is shown with the exception. */
function withoutStack(attributes: Span['attributes']): Span['attributes'] {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => key !== 'exception.stacktrace'));
}
