import type { ErrorGroupJson, OccurrenceJson } from '@sightline/hub/client/errorsApi';
import { exceptionLines } from '@sightline/telemetry/view/renderError';
import {
  breadcrumbTextOf,
  itemOf,
  messageOf,
  personOf,
  requestFactsOf,
  requestTextOf,
  type ErrorItemView,
} from './errorItemView.ts';
import { epochMillisOf, toCountText, toLocalTimeText } from './tracesText.ts';

/** One occurrence of an error, as a read-only document shows it. */
export interface ErrorDocument {
  readonly counter: number;
  readonly id: string;
  /** Read by people, in the tab. */
  readonly title: string;
}

/** Payloads are cut here, since the editor is slow with longer ones. */
const maxPayloadChars = 5_000_000;

/** A path that names the document: `/<counter>/<occurrence id>/<title>.md`. The tab shows the last part. */
export function toErrorDocumentPath({ counter, id, title }: ErrorDocument): string {
  const name = title
    .slice(0, 200)
    .replaceAll(/[^\p{L}\p{N}._@()-]+/gu, ' ')
    .trim();
  return `/${counter}/${encodeURIComponent(id)}/${name === '' ? 'error' : name.slice(0, 60)}.md`;
}

/** Reads such a path back, apart from the title; `undefined` for any other path. */
export function parseErrorDocumentPath(path: string): Omit<ErrorDocument, 'title'> | undefined {
  const [, counter, id] = /^\/(\d{1,15})\/([^/]+)\/[^/]+\.md$/.exec(path) ?? [];
  return counter === undefined || id === undefined ? undefined : { counter: Number(counter), id: decodedOf(id) };
}

/** The occurrence as text under headings: stack, request, person, what happened before, and the payload as it came. */
export function renderErrorDocument(occurrence: OccurrenceJson, group: ErrorGroupJson | undefined): string {
  const item = itemOf(occurrence);
  const sections = [
    section('Stack', stackOf(item), 'text'),
    section('Request', requestOf(item), 'text'),
    section('Person', personLinesOf(item), 'text'),
    section('Before it happened', item.telemetry.map(breadcrumbLine), 'text'),
    section('Said by the app', jsonLines({ details: item.details, custom: item.custom, other: item.other }), 'json'),
    section('Server', jsonLines({ server: item.server, notifier: item.notifier }), 'json'),
    section('As it came', payloadLines(occurrence), 'json'),
  ];
  return `${[heading(item, occurrence, group), ...sections.filter((text) => text !== undefined)].join('\n\n')}\n`;
}

/** What a person pastes into a ticket: what was thrown, with its stack and its request. */
export function renderCopiedError(item: ErrorItemView): string {
  const request = requestTextOf(item);
  const trace = item.traceId === undefined ? [] : [`trace ${item.traceId}`];
  return [...stackOf(item), ...(request === undefined ? [] : ['', request]), ...trace].join('\n');
}

function heading(item: ErrorItemView, { counter }: OccurrenceJson, group: ErrorGroupJson | undefined): string {
  const { environment, codeVersion, context, framework, language, traceId } = item;
  const facts = [
    `#${counter} · ${item.level}${group === undefined ? '' : ` · ${group.status}`}`,
    `Happened ${local(item.time)}`,
    group === undefined
      ? undefined
      : `${toCountText(group.count, 'time')}, first ${local(group.firstSeen)}, last ${local(group.lastSeen)}`,
    [environment, codeVersion, context, framework, language].filter(Boolean).join(' · '),
    traceId === undefined ? undefined : `Trace ${traceId}`,
  ];
  return `# ${item.title.slice(0, 2000).replaceAll(/\s+/g, ' ')}\n\n${facts.filter(Boolean).join('  \n')}`;
}

function stackOf(item: ErrorItemView): readonly string[] {
  if (item.exceptions.length === 0) {
    return (item.crashReport ?? messageOf(item)).split('\n');
  }
  return item.exceptions.flatMap((exception, index) => [
    ...(index === 0 ? [] : ['']),
    ...exceptionLines(exception, index > 0),
  ]);
}

function requestOf(item: ErrorItemView): readonly string[] {
  const facts = requestFactsOf(item).map(([name, value]) => `${name}: ${value}`);
  return [requestTextOf(item), ...facts].filter((line) => line !== undefined);
}

function personLinesOf(item: ErrorItemView): readonly string[] {
  const name = personOf(item);
  const { id, username, email } = item.person ?? {};
  return [...new Set([name, id, username, email])].filter((line) => line !== undefined);
}

function breadcrumbLine(crumb: ErrorItemView['telemetry'][number]): string {
  const time = crumb.time === undefined ? undefined : local(crumb.time).slice(11);
  return [time, crumb.level, crumb.type, breadcrumbTextOf(crumb)].filter(Boolean).join('  ');
}

function payloadLines({ raw }: OccurrenceJson): readonly string[] {
  const text = JSON.stringify(raw, undefined, 2);
  return text.length <= maxPayloadChars
    ? [text]
    : [text.slice(0, maxPayloadChars), `… and ${text.length - maxPayloadChars} characters more`];
}

function jsonLines(groups: Readonly<Record<string, unknown>>): readonly string[] {
  const said = Object.entries(groups).filter(
    ([, value]) => typeof value === 'object' && value !== null && Object.values(value).some((part) => !isEmpty(part)),
  );
  return said.length === 0 ? [] : [JSON.stringify(Object.fromEntries(said), undefined, 2)];
}

function section(title: string, lines: readonly string[], language: 'text' | 'json'): string | undefined {
  // A fence longer than any in the text: what senders wrote must not end it.
  const text = lines.join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([fence]) => fence.length));
  const fence = '`'.repeat(longest + 1);
  return lines.length === 0 ? undefined : `## ${title}\n\n${fence}${language}\n${text}\n${fence}`;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

function local(nanos: string): string {
  return toLocalTimeText(epochMillisOf(nanos));
}

function decodedOf(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not one of ours: then there is no such occurrence either.
    return text;
  }
}
