import type { DryRunJson, DryRunRequestJson, ExplainAnswer, ExplainQuestion } from '@sightline/hub/client/samplingApi';
import type { NearMiss } from '@sightline/telemetry/sampling/dryRun';
import type { SamplingRequest, SamplingSdk } from '@sightline/telemetry/sampling/samplingRequest';
import { epochMillisOf, toCountText, toLocalTimeText } from './tracesText.ts';

const sdkNames: Record<SamplingSdk, string> = {
  node: 'X-Ray SDK for Node',
  python: 'X-Ray SDK for Python',
  other: 'no X-Ray SDK',
};

/** What the rules would do with the requests of the last hour, as a document. */
export function renderDryRun(run: DryRunJson): string {
  const seconds = Math.max(1, (epochMillisOf(run.to) - epochMillisOf(run.from)) / 1_000);
  const lines = [
    'Sampling: dry run of the last hour',
    '',
    `Covers ${shortTime(run.from)} to ${shortTime(run.to)} (${lengthText(seconds)}): ${toCountText(run.traces, 'trace')}${run.isPartial ? ', the newest ones' : ', all of the last hour'}.`,
    'Only requests that X-Ray or OpenTelemetry traced are counted.',
    ...(run.decidedByCaller === 0
      ? []
      : [
          `${toCountText(run.decidedByCaller, 'request')} came from a service that had decided for them; no rule is asked then.`,
        ]),
    ...run.notes,
    '',
    'RULES, in order of priority',
    ...run.rules.flatMap(({ rule, requests, kept, peak, missed }) => [
      `  ${rule}: ${
        requests === 0
          ? 'catches nothing'
          : `catches ${toCountText(requests, 'request')} (${perSecond(requests / seconds)}), keeps ${rounded(kept)} of them (${perSecond(kept / seconds)}); in the busiest second ${rounded(peak.kept)} of ${peak.requests}`
      }`,
      ...(missed === undefined
        ? []
        : [
            `      nearest: ${requestText(missed.request)}`,
            ...missed.reasons.map(({ message }) => `      ${message}`),
          ]),
    ]),
    '',
    'REQUESTS, the most frequent first',
    ...(run.requests.length === 0 ? ['  None was traced in the last hour.'] : run.requests.flatMap(requestLines)),
    ...(run.omitted === 0 ? [] : [`  … and ${toCountText(run.omitted, 'other kind')} of requests`]),
  ];
  return `${lines.flatMap(wrapped).join('\n')}\n`;
}

/** Which rule catches one request, and why the others do not, as a document. */
export function renderExplanation(
  { request, sdk = 'node', perSecond: rate = 1 }: ExplainQuestion,
  answer: ExplainAnswer,
) {
  const lines = [
    `Sampling: ${requestText(request)}`,
    '',
    answer.rule === undefined
      ? 'No rule catches it.'
      : `${answer.rule} catches it. Of ${rate} such a second ${rounded(answer.keptPerSecond)} would be kept (${sdkNames[sdk]}).`,
    ...answer.notes,
    '',
    'RULES, in order of priority',
    ...answer.rules.flatMap(({ rule, reasons }) => [
      `  ${rule}${reasons.length === 0 ? ': catches it' : ''}`,
      ...reasons.map(({ message }) => `      ${message}`),
    ]),
  ];
  return `${lines.flatMap(wrapped).join('\n')}\n`;
}

/** A request as a person typed it: `GET http://localhost:4567/api?x=1`, the method and the host left out at will. `undefined` where it is none. */
export function parseRequestLine(text: string): Pick<SamplingRequest, 'method' | 'host' | 'path'> | undefined {
  const [, method, target] = /^(?:([A-Za-z]+)\s+)?(\S+)$/.exec(text.trim()) ?? [];
  if (target === undefined) {
    return undefined;
  }
  const named = { ...(method !== undefined && { method: method.toUpperCase() }) };
  if (target.startsWith('/')) {
    return { ...named, path: target };
  }
  const address = /^(?:https?:\/\/)?([^/?#\s]+)([/?][^#]*)?/i.exec(target);
  const host = address?.[1];
  if (host === undefined || !/[.:]|^localhost$/i.test(host)) {
    return undefined;
  }
  const path = address?.[2] ?? '/';
  return { ...named, host, path: path.startsWith('?') ? `/${path}` : path };
}

function requestLines({ request, sdk, count, rule, kept, nearMisses, decidedThen }: DryRunRequestJson): string[] {
  return [
    `  ${requestText(request)}  ${count}×, ${sdkNames[sdk]}`,
    `      → ${rule ?? 'no rule'}, ${rounded(kept)} kept`,
    ...decidedThen.map((sentence) => `      ${sentence}`),
    ...nearMisses.flatMap(nearMissLines),
  ];
}

function nearMissLines({ rule, reasons }: NearMiss): string[] {
  return [`      not ${rule}:`, ...reasons.map(({ message }) => `          ${message}`)];
}

/** `backend: GET localhost:4567/api/home`. */
export function requestText({ service, type, host, method, path }: SamplingRequest): string {
  const named = [service, type === undefined ? undefined : `(${type})`].filter((part) => part !== undefined).join(' ');
  const request = [method, `${host ?? ''}${path ?? ''}`].filter((part) => part !== undefined && part !== '').join(' ');
  return named === '' ? request : `${named}: ${request}`;
}

const widest = 100;

/** A line broken between words where it is long, each further one two blanks deeper. */
function wrapped(line: string): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  for (const word of line.trim().split(' ')) {
    const last = lines.at(-1);
    if (last === undefined) {
      lines.push(`${indent}${word}`);
    } else if (last.length + word.length + 1 > widest) {
      lines.push(`${indent}  ${word}`);
    } else {
      lines[lines.length - 1] = `${last} ${word}`;
    }
  }
  return lines;
}

function lengthText(seconds: number): string {
  return seconds < 120 ? toCountText(Math.round(seconds), 'second') : toCountText(Math.round(seconds / 60), 'minute');
}

function shortTime(nanos: string): string {
  return toLocalTimeText(epochMillisOf(nanos)).slice(0, 19);
}

function perSecond(rate: number): string {
  return `${Number(rate.toPrecision(2))}/s`;
}

/** An expectation, so rarely whole. */
function rounded(kept: number): string {
  return String(kept >= 10 ? Math.round(kept) : Number(kept.toFixed(1)));
}
