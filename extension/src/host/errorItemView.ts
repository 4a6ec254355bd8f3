import type { JsonValue } from '@sightline/hub/client/api';
import type { OccurrenceJson } from '@sightline/hub/client/errorsApi';
import type { ErrorItem, ErrorLevel } from '@sightline/telemetry/model/errorItem';
import { personName } from '@sightline/telemetry/view/errorGroups';
import { ownFramesFirst } from '@sightline/telemetry/view/ownFrames';

type Json = Readonly<Record<string, JsonValue>>;

/** An `ErrorItem` as it comes over the wire: the same, but its times are decimal text. */
export type ErrorItemView = Omit<ErrorItem, 'time' | 'telemetry' | 'traceId' | 'spanId'> & {
  readonly time: string;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly telemetry: readonly BreadcrumbView[];
};

/** Something that the app did before the error. */
export interface BreadcrumbView {
  readonly time?: string;
  readonly level?: ErrorLevel;
  readonly type?: string;
  readonly source?: string;
  readonly body: Json;
}

export type ExceptionView = ErrorItemView['exceptions'][number];
export type FrameView = ExceptionView['stack'][number];

/** The item of an occurrence. The hub made it by telemetry's own decoder, so its shape is that of `ErrorItem`. */
export function itemOf({ item }: Pick<OccurrenceJson, 'item'>): ErrorItemView {
  return item as unknown as ErrorItemView;
}

/** How the person of an occurrence is called, the name that people know first. */
export function personOf({ person }: Pick<ErrorItemView, 'person'>): string | undefined {
  return personName(person);
}

/** A stack as it is read: the app's own frames first, each with its place in the stack as it came. */
export function framesOf(exception: ExceptionView): readonly { readonly index: number; readonly isOwn: boolean }[] {
  const indexed = exception.stack.map((frame, index) => ({ ...frame, index }));
  return ownFramesFirst(indexed).map(({ frame, isOwn }) => ({ index: frame.index, isOwn }));
}

/** What an occurrence without an exception says: its message, or the first line of its crash report. */
export function messageOf({ message, crashReport, title }: ErrorItemView): string {
  return message ?? crashReport?.split('\n', 1)[0] ?? title;
}

/** `GET http://localhost:4567/api/feed`, where the sender told of a request. */
export function requestTextOf({ request }: Pick<ErrorItemView, 'request'>): string | undefined {
  const text = [request?.method, request?.url].filter((part) => part !== undefined && part !== '').join(' ');
  return text === '' ? undefined : text;
}

/** What the sender told of the request, as names and values: the address, parameters and body before the headers. */
export function requestFactsOf({ request }: Pick<ErrorItemView, 'request'>): readonly (readonly [string, string])[] {
  const { userIp, other = {}, headers = {} } = request ?? {};
  const facts: (readonly [string, JsonValue | undefined])[] = [
    ['user ip', userIp],
    ...Object.entries(other as Json),
    ...Object.entries(headers),
  ];
  return facts.flatMap(([name, value]) => (isEmpty(value) ? [] : [[name, oneLine(plain(value))] as const]));
}

/** What a breadcrumb says, on one line: its message, the request it made, or where it went. */
export function breadcrumbTextOf({ body }: BreadcrumbView): string {
  const request = [body['method'], body['url'], body['status_code']].filter((part) => part !== undefined).map(plain);
  const move = [body['from'], body['to']].filter((part) => part !== undefined).map(plain);
  const said = body['message'] ?? (request.length > 1 ? request.join(' ') : undefined);
  const text = said ?? (move.length > 0 ? move.join(' → ') : body);
  return oneLine(plain(text));
}

/** On one line, and not longer than a row is wide. */
export function oneLine(text: string): string {
  const line = text.slice(0, 1000).replaceAll(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 299).toWellFormed()}…` : line;
}

function isEmpty(value: JsonValue | undefined): boolean {
  return (
    value === undefined || value === null || value === '' || (typeof value === 'object' && isWithoutEntries(value))
  );
}

function isWithoutEntries(value: object): boolean {
  return Object.keys(value).length === 0;
}

function plain(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
