import {
  comparedWith,
  failingFields,
  ignoredBecause,
  type MatchedField,
  type SamplingRequest,
  type SamplingSdk,
} from './samplingRequest.ts';
import type { SamplingRule } from './samplingRule.ts';
import { matchesWildcard } from './wildcard.ts';

/** Why a rule that looks right does not catch a request. */
export interface WhyNot {
  readonly kind: WhyNotKind;
  /** Whole sentences: what is compared with what, and what to write instead. */
  readonly message: string;
}

export type WhyNotKind =
  /** A rule above it catches the request. */
  | 'above'
  /** The SDK does not take the rule at all. */
  | 'ignored'
  /** The Host header carries a port, or the rule's Host one that the header has not. */
  | 'hostPort'
  /** The path carries a query, or the rule's URLPath one that the SDK leaves out. */
  | 'query'
  /** URLPath is written as something else than a path with wildcards. */
  | 'pathForm'
  /** The segment has another name. */
  | 'name'
  | 'type'
  | 'host'
  | 'method'
  | 'path';

/** Reasons that only a slip explains: whoever wrote the rule meant this request. */
const slips: ReadonlySet<WhyNotKind> = new Set(['hostPort', 'query', 'pathForm', 'ignored', 'above']);

/** Whether a rule looks as if it were meant for a request: nothing but slips keep it from matching, or a name that is nearly the same. */
export function looksMeant(reasons: readonly WhyNot[], rule: SamplingRule, request: SamplingRequest): boolean {
  return (
    reasons.length > 0 &&
    reasons.every(({ kind }) => slips.has(kind) || (kind === 'name' && isNearlySame(rule.ServiceName, request.service)))
  );
}

/** Why `rule` does not catch a request that `winner` catches; empty where it is the winner. */
export function whyNot(
  rule: SamplingRule,
  request: SamplingRequest,
  sdk: SamplingSdk,
  winner: SamplingRule | undefined,
): WhyNot[] {
  if (rule.RuleName === winner?.RuleName) {
    return [];
  }
  const reasons = failingFields(rule, request, sdk).map((field) => reasonOf(field, rule, request, sdk));
  const ignored = ignoredBecause(rule, sdk);
  if (ignored !== undefined) {
    reasons.push({ kind: 'ignored', message: ignored });
  }
  if (reasons.length === 0 && winner !== undefined) {
    const message = `It matches, but ${winner.RuleName} stands above it (priority ${winner.Priority} before ${rule.Priority}) and catches the request.`;
    return [{ kind: 'above', message }];
  }
  return reasons;
}

function reasonOf(field: MatchedField, rule: SamplingRule, request: SamplingRequest, sdk: SamplingSdk): WhyNot {
  const pattern = rule[field];
  const text = comparedWith(request, field, sdk) ?? '';
  if (pattern === '') {
    return { kind: kinds[field], message: `${field} is empty, which matches nothing; "*" means any.` };
  }
  switch (field) {
    case 'ServiceName':
      return { kind: 'name', message: nameMessage(pattern, text) };
    case 'ServiceType':
      return { kind: 'type', message: `ServiceType is "${pattern}", and the segment's origin is "${text}".` };
    case 'Host':
      return hostReason(pattern, text);
    case 'HTTPMethod':
      return { kind: 'method', message: methodMessage(pattern, text) };
    case 'URLPath':
      return pathReason(pattern, request.path ?? '', sdk);
  }
}

const kinds: Record<MatchedField, WhyNotKind> = {
  ServiceName: 'name',
  ServiceType: 'type',
  Host: 'host',
  HTTPMethod: 'method',
  URLPath: 'path',
};

function nameMessage(pattern: string, name: string): string {
  const advice = 'the SDK takes it from AWS_XRAY_TRACING_NAME, or from what the program calls itself';
  return `ServiceName is "${pattern}", and the segment's name is "${name}" (${advice}).`;
}

function methodMessage(pattern: string, method: string): string {
  const isList = /[,|\s]/.test(pattern);
  const advice = isList ? ' It is one method or a pattern, not a list.' : '';
  return `HTTPMethod is "${pattern}", and the request's method is ${method}.${advice}`;
}

function hostReason(pattern: string, host: string): WhyNot {
  const said = `Host is "${pattern}", and SDKs compare it with the Host header, "${host}"`;
  const withoutPort = host.replace(/:\d+$/, '');
  if (withoutPort !== host && matchesWildcard(pattern, withoutPort)) {
    return { kind: 'hostPort', message: `${said}, which carries the port. Write "${host}" or "${withoutPort}:*".` };
  }
  const patternWithoutPort = pattern.replace(/:[\d*?]+$/, '');
  if (patternWithoutPort !== pattern && matchesWildcard(patternWithoutPort, host)) {
    return { kind: 'hostPort', message: `${said}, which carries no port. Write "${patternWithoutPort}".` };
  }
  if (/^https?:\/\//i.test(pattern)) {
    return { kind: 'hostPort', message: `${said}. It is a host, not an address with its scheme.` };
  }
  return { kind: 'host', message: `${said}.` };
}

function pathReason(pattern: string, requested: string, sdk: SamplingSdk): WhyNot {
  const path = requested.split('?', 1)[0] ?? '';
  if (sdk === 'node' && path !== requested && matchesWildcard(pattern, path)) {
    const message = `URLPath is "${pattern}", and the X-Ray SDK for Node compares it with the path and its query, "${requested}". Write "${pattern}*".`;
    return { kind: 'query', message };
  }
  const said = `URLPath is "${pattern}", and the request's path is "${sdk === 'node' ? requested : path}"`;
  if (sdk !== 'node' && matchesWildcard(pattern, requested)) {
    return { kind: 'query', message: `${said}: this SDK compares the path without its query.` };
  }
  const meant = otherForms(pattern).find(({ form }) => matchesWildcard(form, path) || matchesWildcard(form, requested));
  return meant === undefined
    ? { kind: 'path', message: `${said}.` }
    : { kind: 'pathForm', message: `${said}. ${meant.message} Write "${meant.form}".` };
}

/** What a person may have meant who wrote URLPath in another form than a path with wildcards. */
function otherForms(pattern: string): { readonly form: string; readonly message: string }[] {
  const placeholders = pattern.replace(/:[A-Za-z_]\w*|\{[^}/]*\}|<[^>/]*>/g, '*');
  const withoutOrigin = pattern.replace(/^[a-z]+:\/\/[^/]*/i, '');
  const forms = [
    { form: placeholders, message: 'A placeholder is compared letter by letter; only * and ? stand for others.' },
    { form: withoutOrigin, message: 'It is compared with the path alone, without scheme and host.' },
    { form: `/${pattern}`, message: 'A path begins with a slash.' },
    { form: `${pattern}/`, message: 'The path ends in a slash.' },
    { form: pattern.replace(/\/$/, ''), message: 'The path does not end in a slash.' },
    { form: pattern.trim(), message: 'Blanks around it are compared too.' },
  ];
  return forms.filter(({ form }) => form !== pattern && form !== '');
}

/** `Cruddur` and `cruddur-backend`, `backend_flask` and `backend-flask`: one is the other's beginning or end, apart from case and signs. */
function isNearlySame(pattern: string, name: string | undefined): boolean {
  const [one, other] = [lettersOf(pattern), lettersOf(name ?? '')];
  return one !== '' && other !== '' && (one.includes(other) || other.includes(one));
}

function lettersOf(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
