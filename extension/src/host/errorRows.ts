import type { ErrorGroupJson, OccurrenceJson } from '@sightline/hub/client/errorsApi';
import type { ErrorLevel } from '@sightline/telemetry/model/errorItem';
import { sparkline } from '@sightline/telemetry/view/sparkline';
import {
  breadcrumbTextOf,
  framesOf,
  itemOf,
  messageOf,
  oneLine,
  personOf,
  requestFactsOf,
  requestTextOf,
  type ErrorItemView,
  type ExceptionView,
  type FrameView,
} from './errorItemView.ts';
import { errorRowOf, occurrenceOf, occurrencesOf, type ErrorsState } from './errorsModel.ts';
import { childErrorNodesOf, rowsIn, topErrorNodesOf, type ErrorsNode } from './errorsNodes.ts';
import { toAgoText } from '@sightline/telemetry/view/duration';
import { epochMillisOf, toCountText, toLocalTimeText } from './tracesText.ts';

/** A row as it is drawn. */
export interface DrawnErrorRow {
  readonly label: string;
  readonly description: string;
  /** A codicon, with `~spin` where it turns. */
  readonly icon: string | undefined;
  /** What the icon's colour tells, where it tells something. */
  readonly tint: ErrorTint | undefined;
  /** What a screen reader says instead of label and description. */
  readonly spoken: string;
  /** Words for the `when` clauses of menus. */
  readonly context: string;
  readonly expansion: 'none' | 'collapsed' | 'expanded';
}

export type ErrorTint = 'failure' | 'warning' | 'note' | 'solved';

/** What a row shows at a time; `undefined` for a row whose group or occurrence has gone meanwhile. */
export function drawErrorRow(state: ErrorsState, node: ErrorsNode, now: number): DrawnErrorRow | undefined {
  switch (node.kind) {
    case 'environment':
      return drawEnvironment(state, node.environment);
    case 'group': {
      const row = errorRowOf(state, node.counter);
      return row === undefined ? undefined : drawGroup(row, now);
    }
    case 'note':
      return drawn({ label: node.text, icon: 'info' });
    case 'olderOccurrences':
      return drawn({ label: 'Show older…', icon: 'history' });
    case 'older':
      return state.isLoadingOlder
        ? drawn({ label: 'Loading older errors…', icon: 'loading~spin' })
        : drawn({ label: 'Load older…', icon: 'history' });
    default: {
      const occurrence = occurrenceOf(state, node.counter, node.id);
      const isNewest = occurrencesOf(state, node.counter)[0] === occurrence;
      return occurrence === undefined ? undefined : drawInOccurrence(occurrence, node, isNewest);
    }
  }
}

/** The view as text: two spaces a level, `(icon) label  description` a line, with what is below the nodes that `isExpanded` says. */
export function renderErrorsTree(state: ErrorsState, now: number, isExpanded: (node: ErrorsNode) => boolean): string {
  const lines: string[] = [];
  const walk = (nodes: readonly ErrorsNode[], indent: string): void => {
    for (const node of nodes) {
      const row = drawErrorRow(state, node, now);
      if (row === undefined) {
        continue;
      }
      const icon = row.icon === undefined ? '' : `(${row.icon}) `;
      lines.push(`${indent}${icon}${row.label}${row.description === '' ? '' : `  ${row.description}`}`);
      if (row.expansion !== 'none' && isExpanded(node)) {
        walk(childErrorNodesOf(state, node), `${indent}  `);
      }
    }
  };
  walk(topErrorNodesOf(state), '');
  return lines.join('\n');
}

export const levelIcons: Record<ErrorLevel, string> = {
  critical: 'flame',
  error: 'error',
  warning: 'warning',
  info: 'info',
  debug: 'comment',
};

const levelTints: Record<ErrorLevel, ErrorTint | undefined> = {
  critical: 'failure',
  error: 'failure',
  warning: 'warning',
  info: 'note',
  debug: undefined,
};

function drawEnvironment(state: ErrorsState, environment: string): DrawnErrorRow {
  const description = toCountText(rowsIn(state, environment).length, 'error');
  return drawn({ label: environment, description, expansion: 'expanded' });
}

function drawGroup(row: ErrorGroupJson, now: number): DrawnErrorRow {
  const { level, status, count, lastPerson, personCount, recent, traceId } = row;
  const ago = toAgoText(epochMillisOf(row.lastSeen), now);
  const last = ago === 'now' ? ago : `last ${ago}`;
  const others = personCount > 1 ? ` and ${toCountText(personCount - 1, 'other')}` : '';
  const person = lastPerson === undefined ? undefined : `${lastPerson}${others}`;
  const standing = standingOf(row);
  const curve = recent.some((times) => times > 0) ? sparkline(recent) : undefined;
  return drawn({
    label: oneLine(row.title),
    description: dotted([standing, `${count.toLocaleString('en-US')}×`, last, person, curve]),
    icon: status === 'resolved' ? 'pass' : status === 'muted' ? 'bell-slash' : levelIcons[level],
    tint: status === 'resolved' ? 'solved' : status === 'muted' ? undefined : levelTints[level],
    spoken: [level, row.title, standing, toCountText(count, 'time'), last, person].filter(Boolean).join(', '),
    context: `error ${status} hasCode${traceId === undefined ? '' : ' hasTrace'}`,
    expansion: 'collapsed',
  });
}

function standingOf({ status, reactivated }: ErrorGroupJson): string | undefined {
  if (status === 'active') {
    return reactivated ? 'again' : undefined;
  }
  return status;
}

function drawInOccurrence(
  occurrence: OccurrenceJson,
  node: Exclude<ErrorsNode, { kind: 'environment' | 'group' | 'note' | 'olderOccurrences' | 'older' }>,
  isNewest: boolean,
): DrawnErrorRow | undefined {
  const item = itemOf(occurrence);
  switch (node.kind) {
    case 'occurrence':
      return drawOccurrence(item, isNewest);
    case 'exception':
      return withPresent(item.exceptions[node.index], (exception) => drawException(exception, node.index));
    case 'libraryFrames':
      return withPresent(item.exceptions[node.index], drawLibraryFrames);
    case 'frame':
      return withPresent(item.exceptions[node.index], (exception) => drawFrame(exception, node.frame));
    case 'message':
      return drawn({ label: oneLine(messageOf(item)), icon: 'comment', context: 'message' });
    case 'request':
      return drawRequest(item);
    case 'requestFact':
      return withPresent(requestFactsOf(item)[node.index], ([name, value]) =>
        drawn({ label: name, description: value, context: 'fact' }),
      );
    case 'person':
      return drawPerson(item);
    case 'breadcrumbs':
      return drawn({
        label: 'Before it happened',
        description: toCountText(item.telemetry.length, 'breadcrumb'),
        icon: 'debug-step-over',
        expansion: 'collapsed',
      });
    case 'breadcrumb':
      return withPresent(item.telemetry[node.index], drawBreadcrumb);
    case 'trace':
      return drawn({
        label: 'Open trace',
        description: item.traceId ?? '',
        icon: 'list-tree',
        context: 'trace hasTrace',
      });
    case 'details':
      return drawn({ label: 'Open details', icon: 'go-to-file', context: 'details' });
  }
}

function drawOccurrence(item: ErrorItemView, isNewest: boolean): DrawnErrorRow {
  return drawn({
    label: toLocalTimeText(epochMillisOf(item.time)).replace(/\.000$/, ''),
    description: dotted([personOf(item), item.environment, item.codeVersion, item.context, item.server?.host]),
    icon: 'clock',
    context: item.traceId === undefined ? 'occurrence' : 'occurrence hasTrace',
    expansion: isNewest ? 'expanded' : 'collapsed',
  });
}

function drawException(exception: ExceptionView, index: number): DrawnErrorRow {
  const said = exceptionText(exception);
  const first = framesOf(exception).find(({ isOwn }) => isOwn);
  const frame = first === undefined ? undefined : exception.stack[first.index];
  return drawn({
    label: index === 0 ? said : `caused by ${said}`,
    description: frame === undefined ? '' : placeOf(frame),
    icon: 'bug',
    tint: 'failure',
    context: 'exception hasCode',
    expansion: exception.stack.length === 0 ? 'none' : index === 0 ? 'expanded' : 'collapsed',
  });
}

function drawLibraryFrames(exception: ExceptionView): DrawnErrorRow {
  const count = framesOf(exception).filter(({ isOwn }) => !isOwn).length;
  return drawn({ label: toCountText(count, 'library frame'), icon: 'library', expansion: 'collapsed' });
}

function drawFrame(exception: ExceptionView, index: number): DrawnErrorRow | undefined {
  const frame = exception.stack[index];
  const isOwn = framesOf(exception).find((known) => known.index === index)?.isOwn === true;
  return withPresent(frame, ({ label = '', ...rest }) =>
    drawn({
      label: label === '' ? placeOf(rest) : oneLine(label),
      description: label === '' ? '' : placeOf(rest),
      icon: isOwn ? 'debug-stackframe' : 'debug-stackframe-dot',
      context: 'frame hasCode',
    }),
  );
}

function drawRequest(item: ErrorItemView): DrawnErrorRow {
  const facts = requestFactsOf(item).length;
  return drawn({
    label: oneLine(requestTextOf(item) ?? 'Request'),
    icon: 'globe',
    context: 'request',
    expansion: facts === 0 ? 'none' : 'collapsed',
  });
}

function drawPerson(item: ErrorItemView): DrawnErrorRow {
  const name = personOf(item);
  const rest = [item.person?.id, item.person?.email].filter((part) => part !== name);
  return drawn({ label: name ?? 'Person', description: dotted(rest), icon: 'person', context: 'person' });
}

function drawBreadcrumb(crumb: ErrorItemView['telemetry'][number]): DrawnErrorRow {
  const time = crumb.time === undefined ? undefined : toLocalTimeText(epochMillisOf(crumb.time)).slice(11);
  return drawn({
    label: breadcrumbTextOf(crumb),
    description: dotted([crumb.type, time]),
    icon: levelIcons[crumb.level ?? 'debug'],
    tint: levelTints[crumb.level ?? 'debug'],
    context: 'breadcrumb',
  });
}

/** `TypeError: x is undefined`, on one line. */
export function exceptionText({ type, message }: ExceptionView): string {
  return oneLine(message === undefined || message === '' ? type : `${type}: ${message}`);
}

/** `feed.ts:14`: the file and line, without the folders that are the same for every file. */
function placeOf({ path, line }: Pick<FrameView, 'path' | 'line'>): string {
  const file = path.split(/[\\/]/).at(-1) ?? '';
  return line === undefined ? file : `${file}:${line}`;
}

function drawn(row: Pick<DrawnErrorRow, 'label'> & Partial<DrawnErrorRow>): DrawnErrorRow {
  const { label, description = '', icon, tint, context = '', expansion = 'none' } = row;
  const spoken = row.spoken ?? (description === '' ? label : `${label}, ${description.replaceAll(' · ', ', ')}`);
  return { label, description, icon, tint, spoken, context, expansion };
}

function withPresent<T>(
  value: T | undefined,
  draw: (value: T) => DrawnErrorRow | undefined,
): DrawnErrorRow | undefined {
  return value === undefined ? undefined : draw(value);
}

function dotted(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}
