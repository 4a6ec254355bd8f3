import type { OccurrenceJson } from '@sightline/hub/client/errorsApi';
import type { LogLevel } from '@sightline/telemetry/model/logEvent';
import type { BesideLogLine, BesideLogLines } from '../sources/besideSource.ts';
import { framesOf, itemOf, oneLine } from './errorItemView.ts';
import { levelIcons as errorIcons } from './errorRows.ts';
import type { DrawnRow } from './traceRows.ts';
import type { TracesNode } from './tracesNodes.ts';
import { toDurationText } from '@sightline/telemetry/view/duration';
import { epochMillisOf, toLocalTimeText } from './tracesText.ts';

/** The log lines and errors of an expanded trace. */
export interface LoadedBeside extends BesideLogLines {
  readonly errors: readonly OccurrenceJson[];
  /** Why they could not be had, as a sentence. */
  readonly failure: string | undefined;
  readonly isStale: boolean;
}

/** A row about what is beside the spans of a trace. */
export type BesideNode =
  | { readonly kind: 'logLines'; readonly traceId: string }
  | { readonly kind: 'logLine'; readonly traceId: string; readonly lineId: string }
  | { readonly kind: 'errors'; readonly traceId: string }
  /** An occurrence of the error with that number. */
  | { readonly kind: 'error'; readonly traceId: string; readonly counter: number; readonly id: string }
  | { readonly kind: 'besideFailure'; readonly traceId: string };

/** The rows behind the spans of a trace. */
export function besideNodesOf(beside: LoadedBeside | undefined, traceId: string): readonly BesideNode[] {
  const { lines = [], errors = [], failure } = beside ?? {};
  const nodes: (BesideNode | undefined)[] = [
    lines.length === 0 ? undefined : { kind: 'logLines', traceId },
    errors.length === 0 ? undefined : { kind: 'errors', traceId },
    failure === undefined ? undefined : { kind: 'besideFailure', traceId },
  ];
  return nodes.filter((node) => node !== undefined);
}

/** The rows below such a row. */
export function childrenBeside(beside: LoadedBeside | undefined, node: BesideNode): readonly BesideNode[] {
  const { traceId } = node;
  switch (node.kind) {
    case 'logLines':
      return (beside?.lines ?? []).map(({ id }) => ({ kind: 'logLine', traceId, lineId: id }));
    case 'errors':
      return (beside?.errors ?? []).map(({ counter, id }) => ({ kind: 'error', traceId, counter, id }));
    case 'logLine':
    case 'error':
    case 'besideFailure':
      return [];
  }
}

/** The row above such a row. */
export function parentBeside(node: BesideNode): TracesNode {
  const { traceId } = node;
  switch (node.kind) {
    case 'logLine':
      return { kind: 'logLines', traceId };
    case 'error':
      return { kind: 'errors', traceId };
    case 'logLines':
    case 'errors':
    case 'besideFailure':
      return { kind: 'trace', traceId };
  }
}

export function besideNodeIdOf(node: BesideNode): string {
  switch (node.kind) {
    case 'logLine':
      return `${node.traceId}/logLine/${node.lineId}`;
    case 'error':
      return `${node.traceId}/error/${node.counter}/${node.id}`;
    case 'logLines':
    case 'errors':
    case 'besideFailure':
      return `${node.traceId}/${node.kind}`;
  }
}

/** What such a row shows; `startTime` is the trace's. `undefined` for a line or an error that has gone meanwhile. */
export function drawBeside(
  beside: LoadedBeside | undefined,
  node: BesideNode,
  startTime: string | undefined,
): DrawnRow | undefined {
  switch (node.kind) {
    case 'logLines':
      return beside === undefined ? undefined : drawLogLines(beside);
    case 'logLine': {
      const line = beside?.lines.find(({ id }) => id === node.lineId);
      return line === undefined ? undefined : drawLogLine(line, startTime);
    }
    case 'errors':
      return drawn({
        label: `Errors (${beside?.errors.length ?? 0})`,
        icon: 'error',
        tint: 'fault',
        context: 'errors',
        expansion: 'expanded',
      });
    case 'error': {
      const occurrence = beside?.errors.find(({ id, counter }) => id === node.id && counter === node.counter);
      return occurrence === undefined ? undefined : drawError(occurrence);
    }
    case 'besideFailure':
      return drawn({ label: beside?.failure ?? '', icon: 'info', context: 'note' });
  }
}

/** The log lines and errors as the trace's document shows them, times in words. */
export function besideDocumentOf({ lines, hasMore, errors }: LoadedBeside): Readonly<Record<string, unknown>> {
  return {
    logLines: lines.map(({ time, level, group, stream, message, spanId, isGuess }) => ({
      time: `${toLocalTimeText(epochMillisOf(time))} (${time} ns)`,
      level,
      group,
      stream,
      ...(spanId !== undefined && { spanId }),
      ...(isGuess && { guess: guessText }),
      message,
    })),
    ...(hasMore && { moreLogLines: true }),
    errors: errors.map((occurrence) => ({ number: occurrence.counter, ...occurrence.item })),
  };
}

const guessText = 'guess: same service, within this request’s time';

const levelIcons: Record<LogLevel, string> = {
  trace: 'comment',
  debug: 'comment',
  info: 'info',
  warn: 'warning',
  error: 'error',
  fatal: 'flame',
  unset: 'comment',
};

const levelTints: Record<LogLevel, DrawnRow['tint']> = {
  trace: undefined,
  debug: undefined,
  info: undefined,
  warn: 'error',
  error: 'fault',
  fatal: 'fault',
  unset: undefined,
};

function drawLogLines({ lines, hasMore }: LoadedBeside): DrawnRow {
  const guesses = lines.filter(({ isGuess }) => isGuess).length;
  const count = `${lines.length.toLocaleString('en-US')}${hasMore ? '+' : ''}`;
  return drawn({
    label: `Log lines (${count})`,
    description: guesses === 0 ? '' : guesses === lines.length ? guessText : `${guesses} guessed`,
    icon: 'output',
    context: 'logLines',
    expansion: 'collapsed',
  });
}

function drawLogLine({ message, level, time, isGuess }: BesideLogLine, startTime: string | undefined): DrawnRow {
  const after = startTime === undefined ? undefined : Number(BigInt(time) - BigInt(startTime));
  const offset = after === undefined ? undefined : after < 0 ? toDurationText(after) : `+${toDurationText(after)}`;
  return drawn({
    label: oneLine(message),
    description: [offset, isGuess ? guessText : undefined].filter(Boolean).join(' · '),
    icon: levelIcons[level],
    tint: levelTints[level],
    context: isGuess ? 'logLine guess' : 'logLine',
  });
}

function drawError(occurrence: OccurrenceJson): DrawnRow {
  const item = itemOf(occurrence);
  const [exception] = item.exceptions;
  const own = exception === undefined ? undefined : framesOf(exception).find(({ isOwn }) => isOwn);
  const frame = own === undefined ? undefined : exception?.stack[own.index];
  const place = frame === undefined ? undefined : `${frame.path.split(/[\\/]/).at(-1)}:${frame.line ?? 1}`;
  return drawn({
    label: oneLine(item.title),
    description: [`#${occurrence.counter}`, place].filter(Boolean).join(' · '),
    icon: errorIcons[item.level],
    tint: item.level === 'warning' ? 'error' : 'fault',
    context: 'reportedError',
  });
}

function drawn(row: Pick<DrawnRow, 'label' | 'icon' | 'context'> & Partial<DrawnRow>): DrawnRow {
  const { label, description = '', icon, tint, context, expansion = 'none' } = row;
  const spoken = description === '' ? label : `${label}, ${description.replaceAll(' · ', ', ')}`;
  return { label, description, icon, tint, spoken, context, expansion };
}
