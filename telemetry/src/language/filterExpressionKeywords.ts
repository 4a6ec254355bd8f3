import type { RootCauseElement, RootCauseKind } from './filterExpression.ts';

/** What an expression looks at: the trace, or, between braces, one element of it. */
export type FilterScope = 'trace' | 'service' | 'edge' | `rootCause.${RootCauseElement}`;

export type BooleanKeyword =
  | 'ok'
  | 'error'
  | 'throttle'
  | 'fault'
  | 'partial'
  | 'inferred'
  | 'first'
  | 'last'
  | 'remote'
  | 'root';

export type NumberKeyword = 'responsetime' | 'duration' | 'http.status' | 'index' | 'coverage';

export type StringKeyword =
  | 'http.url'
  | 'http.method'
  | 'http.useragent'
  | 'http.clientip'
  | 'user'
  | 'name'
  | 'type'
  | 'message'
  | 'availabilityzone'
  | 'instance.id'
  | 'resource.arn';

export type KeywordUse =
  | { readonly type: 'boolean'; readonly keyword: BooleanKeyword }
  | { readonly type: 'number'; readonly keyword: NumberKeyword }
  | { readonly type: 'string'; readonly keyword: StringKeyword }
  | { readonly type: 'service' | 'edge' | 'rootCauseJson' }
  | { readonly type: 'group'; readonly by: 'name' | 'arn' }
  | { readonly type: 'rootCause'; readonly cause: RootCauseKind; readonly element: RootCauseElement };

export interface KeywordEntry {
  /** As it is written; keywords are compared without regard to case. */
  readonly text: string;
  readonly use: KeywordUse;
  readonly scopes: readonly FilterScope[];
  /** What the keyword looks at, for the person who chooses it. */
  readonly about: string;
}

const requests: readonly FilterScope[] = ['trace', 'service', 'edge'];
const elements: readonly FilterScope[] = ['rootCause.service', 'rootCause.entity', 'rootCause.exception'];

function boolean(keyword: BooleanKeyword, scopes: readonly FilterScope[], about: string): KeywordEntry {
  return { text: keyword, use: { type: 'boolean', keyword }, scopes, about };
}

function number(keyword: NumberKeyword, scopes: readonly FilterScope[], about: string): KeywordEntry {
  return { text: keyword, use: { type: 'number', keyword }, scopes, about };
}

function string(keyword: StringKeyword, scopes: readonly FilterScope[], about: string): KeywordEntry {
  return { text: keyword, use: { type: 'string', keyword }, scopes, about };
}

function rootCauses(cause: RootCauseKind, words: string): KeywordEntry[] {
  return (['service', 'entity', 'exception'] as const).map((element) => ({
    text: `rootcause.${cause}.${element}`,
    use: { type: 'rootCause', cause, element },
    scopes: ['trace'],
    about: `A ${element} on the way to ${words}.`,
  }));
}

/**
 * Every keyword of the developer guide ("Using filter expressions", its lists of boolean, number, string and complex keywords), with what
 * it looks at. At the trace level the status, `responsetime` and `http.*` are the root segment's ("simple keywords find issues only at the
 * trace level"), while `user`, `availabilityzone`, `instance.id` and `resource.arn` are those of any segment, as the guide says of each.
 * The guide does not say where `name`, `type`, `message` and `root` may stand: here they describe the root segment, the segment of the
 * service, or the element of the root cause. What only an enumerated list has (`first`, `last`, `index`, `remote`, `coverage`) is refused
 * elsewhere. `annotation.key` is no entry, being endless.
 */
export const keywordEntries: readonly KeywordEntry[] = [
  boolean('ok', requests, 'The response was no error, no fault and not throttled.'),
  boolean('error', requests, 'The response was a client error (4xx).'),
  boolean('throttle', requests, 'The response was 429 Too Many Requests.'),
  boolean('fault', requests, 'The response was a server fault (5xx), or an exception got away.'),
  boolean('partial', requests, 'A segment is still in progress.'),
  boolean('inferred', [...requests, 'rootCause.service'], 'A segment was inferred from its caller.'),
  boolean('root', [...requests, 'rootCause.service'], 'The service is the entry point of the trace.'),
  boolean('first', elements, 'The element is the first of its list.'),
  boolean('last', elements, 'The element is the last of its list.'),
  boolean('remote', ['rootCause.entity'], 'The entity is a call to another service.'),
  number('responsetime', requests, 'Seconds until the response was sent.'),
  number('duration', requests, 'Seconds from the first start to the last end.'),
  number('http.status', requests, 'Status code of the response.'),
  number('index', elements, 'Position of the element in its list, from 0.'),
  number('coverage', ['rootCause.entity'], "Part of the root's response time that the entity took, 0 to 1."),
  string('http.url', requests, 'URL of the request.'),
  string('http.method', requests, 'Method of the request.'),
  string('http.useragent', requests, 'User agent of the request.'),
  string('http.clientip', requests, 'Address of the client.'),
  string('user', requests, 'User of any segment.'),
  string('name', [...requests, ...elements], 'Name of the service, entity or exception.'),
  string('type', [...requests, 'rootCause.service'], 'Type of the service, such as AWS::DynamoDB::Table.'),
  string('message', [...requests, 'rootCause.entity', 'rootCause.exception'], 'Message of an exception.'),
  string('availabilityzone', requests, 'Availability zone of any segment.'),
  string('instance.id', requests, 'EC2 instance of any segment.'),
  string('resource.arn', requests, 'ARN of the resource of any segment.'),
  { text: 'service', use: { type: 'service' }, scopes: ['trace'], about: 'A service that the request reached.' },
  { text: 'edge', use: { type: 'edge' }, scopes: ['trace'], about: 'A call from one service to another.' },
  {
    text: 'group.name',
    use: { type: 'group', by: 'name' },
    scopes: ['trace'],
    about: "A group's filter, by its name.",
  },
  { text: 'group.arn', use: { type: 'group', by: 'arn' }, scopes: ['trace'], about: "A group's filter, by its ARN." },
  ...rootCauses('fault', 'a fault'),
  ...rootCauses('error', 'an error'),
  ...rootCauses('responsetime', 'a long response time'),
  { text: 'rootcause.json', use: { type: 'rootCauseJson' }, scopes: ['trace'], about: 'Root causes of a given shape.' },
  { text: 'json', use: { type: 'rootCauseJson' }, scopes: ['trace'], about: 'Root causes of a given shape.' },
];

const entriesByText: ReadonlyMap<string, KeywordEntry> = new Map(keywordEntries.map((entry) => [entry.text, entry]));

/** Takes the keyword in lower case. */
export function findKeyword(lowerCase: string): KeywordEntry | undefined {
  return entriesByText.get(lowerCase);
}
