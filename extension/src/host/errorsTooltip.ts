import type { ErrorGroupJson } from '@sightline/hub/client/errorsApi';
import { framesOf, itemOf, oneLine, type ExceptionView } from './errorItemView.ts';
import { exceptionText } from './errorRows.ts';
import { errorRowOf, occurrenceOf, type ErrorsState } from './errorsModel.ts';
import type { ErrorsNode } from './errorsNodes.ts';
import { escapeMarkdown } from './tracesTooltip.ts';
import { epochMillisOf, toCountText, toLocalTimeText } from './tracesText.ts';

/** Frames of a stack that a tooltip shows. */
const framesShown = 12;

/** What hovering over a row tells, as Markdown in which all that senders wrote is escaped; `undefined` for rows that say all themselves. */
export function renderErrorTooltip(state: ErrorsState, node: ErrorsNode): string | undefined {
  if (node.kind === 'group') {
    const row = errorRowOf(state, node.counter);
    return row === undefined ? undefined : groupTooltip(row);
  }
  if (node.kind !== 'exception' && node.kind !== 'frame') {
    return undefined;
  }
  const occurrence = occurrenceOf(state, node.counter, node.id);
  const exception = occurrence === undefined ? undefined : itemOf(occurrence).exceptions[node.index];
  if (exception === undefined) {
    return undefined;
  }
  return node.kind === 'exception' ? exceptionTooltip(exception) : frameTooltip(exception, node.frame);
}

function groupTooltip(row: ErrorGroupJson): string {
  const facts: (readonly [string, string | undefined])[] = [
    ['Number', `${row.counter}`],
    ['Status', row.status === 'active' && row.reactivated ? 'active again after it was resolved' : row.status],
    ['Level', row.level],
    ['Happened', toCountText(row.count, 'time')],
    ['First seen', toLocalTimeText(epochMillisOf(row.firstSeen))],
    ['Last seen', toLocalTimeText(epochMillisOf(row.lastSeen))],
    ['Environments', row.environments.map(escapeMarkdown).join(', ')],
    ['Persons', row.personCount === 0 ? undefined : String(row.personCount)],
    ['Last person', row.lastPerson === undefined ? undefined : escapeMarkdown(row.lastPerson)],
    ['Trace of the last one', row.traceId === undefined ? undefined : code(row.traceId)],
  ];
  const lines = facts.flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`${name}: ${value}`]));
  const curve = row.recent.length === 0 ? '' : '\n\n_The blocks are the last hour, five minutes each._';
  return `**${escapeMarkdown(oneLine(row.title))}**\n\n${lines.join('  \n')}${curve}`;
}

function exceptionTooltip(exception: ExceptionView): string {
  const frames = framesOf(exception).flatMap(({ index, isOwn }) => {
    const frame = exception.stack[index];
    return frame === undefined ? [] : [`${isOwn ? '› ' : ''}${frame.label ?? ''} ${placeOf(frame)}`.trim()];
  });
  const left = frames.length - framesShown;
  const more = left > 0 ? [`and ${toCountText(left, 'more frame')}`] : [];
  const lines = [...frames.slice(0, framesShown), ...more].map(code);
  return [`**${escapeMarkdown(exceptionText(exception))}**`, ...lines].join('  \n');
}

function frameTooltip(exception: ExceptionView, index: number): string | undefined {
  const frame = exception.stack[index];
  if (frame === undefined) {
    return undefined;
  }
  const { codeBefore = [], code: line, codeAfter = [] } = frame;
  const source = line === undefined ? [] : [...codeBefore, `${line}   // ←`, ...codeAfter];
  // A fence that no code can end: its backticks are taken out.
  const block = source.length === 0 ? '' : `\n\n\`\`\`\n${source.join('\n').replaceAll('```', "'''")}\n\`\`\``;
  return `${code(placeOf(frame))}${block}`;
}

function placeOf({ path, line, column }: ExceptionView['stack'][number]): string {
  return [path, line, column].filter((part) => part !== undefined).join(':');
}

/** Inline code; a backtick in it would end it. */
function code(text: string): string {
  return `\`${text.replaceAll(/[`\s]+/g, ' ')}\``;
}
