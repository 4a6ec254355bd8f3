import type { ErrorException, ErrorFrame, ErrorGroup } from '../model/errorItem.ts';
import type { EpochNanos } from '../model/units.ts';
import { toAgoText } from './duration.ts';
import { personName } from './errorGroups.ts';
import { ownFramesFirst } from './ownFrames.ts';
import { sparkline } from './sparkline.ts';

const maxFrames = 50;
const maxCodeLength = 200;
const maxMessageLength = 2000;
const maxNames = 3;

/** A group as text: what, how often, when and who, then the last occurrence's stack, the app's own frames first and marked `›`. */
export function renderGroup(group: ErrorGroup, now: EpochNanos, counts: readonly number[] = []): string {
  const { counter, level, title, count, firstSeen, lastSeen, environments, last } = group;
  const seen = count === 1 ? ago(lastSeen, now) : `last ${ago(lastSeen, now)}, first ${ago(firstSeen, now)}`;
  return [
    `#${counter} ${level}: ${title}`,
    [statusText(group), `${count} ${count === 1 ? 'time' : 'times'}`, seen, sparkline(counts)]
      .filter(Boolean)
      .join(' · '),
    [environments.join(', '), last.codeVersion, personsText(group), last.context].filter(Boolean).join(' · '),
    ...requestLines(group),
    ...last.exceptions.flatMap((exception, index) => ['', ...exceptionLines(exception, index > 0)]),
  ].join('\n');
}

/** An exception with its stack, line by line; `isCause` for one that led to the exception above it. */
export function exceptionLines(exception: ErrorException, isCause: boolean): string[] {
  const { type, message, description, stack } = exception;
  const said = message === undefined || message === '' ? type : `${type}: ${cut(message, maxMessageLength)}`;
  const frames = ownFramesFirst(stack);
  return [
    isCause ? `caused by ${said}` : said,
    ...(description === undefined ? [] : [`  ${cut(description, maxMessageLength)}`]),
    ...frames.slice(0, maxFrames).flatMap(({ frame, isOwn }) => frameLines(frame, isOwn)),
    ...(frames.length > maxFrames ? [`    and ${frames.length - maxFrames} frames more`] : []),
  ];
}

/** The code is shown with the app's own frames only. */
function frameLines(frame: ErrorFrame, isOwn: boolean): string[] {
  const { path, line, column, label = '', code } = frame;
  const place = [cut(path, maxCodeLength), line, column].filter((part) => part !== undefined).join(':');
  const text = `${isOwn ? '  › ' : '    '}${[cut(label, maxCodeLength), place].filter(Boolean).join(' ')}`;
  return isOwn && code !== undefined ? [text, `      ${cut(code.trim(), maxCodeLength)}`] : [text];
}

function statusText({ status, reactivatedAt }: ErrorGroup): string {
  return status === 'active' && reactivatedAt !== undefined ? 'active again' : status;
}

function personsText({ persons, last }: ErrorGroup): string {
  const newest = personName(last.person);
  const names = [...new Set(newest === undefined ? persons : [newest, ...persons])];
  const more = names.length - maxNames;
  return names.slice(0, maxNames).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function requestLines({ last: { request, traceId } }: ErrorGroup): string[] {
  const lines = [];
  if (request?.url !== undefined) {
    lines.push([request.method, cut(request.url, maxMessageLength)].filter(Boolean).join(' '));
  }
  if (traceId !== undefined) {
    lines.push(`trace ${traceId}`);
  }
  return lines;
}

function ago(time: EpochNanos, now: EpochNanos): string {
  return toAgoText(Number(time / 1_000_000n), Number(now / 1_000_000n));
}

function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength).toWellFormed()}…` : text;
}
