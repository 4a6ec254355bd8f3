import type { LogRowJson } from '@sightline/hub/client/logsApi';
import { prettyJsonOf } from '../contracts/logMessage.ts';
import { levelWords } from './logsRows.ts';
import { epochMillisOf, toLocalTimeText } from './tracesText.ts';
import { escapeMarkdown } from './tracesTooltip.ts';

/** Characters of a message that a tooltip shows. */
const charsShown = 3000;

/** What hovering over a line tells, as Markdown in which all that its writer wrote is escaped. */
export function renderLogTooltip(row: LogRowJson): string {
  const time = toLocalTimeText(epochMillisOf(row.time));
  const head = [time, levelWords[row.level], `${row.group} / ${row.stream}`].filter((part) => part !== '');
  const trace = row.traceId === undefined ? [] : [`Trace: \`${row.traceId}\``];
  const pretty = prettyJsonOf(row.message);
  const text = (pretty ?? row.message).slice(0, charsShown);
  return [escapeMarkdown(head.join(' · ')), fenced(text, pretty === undefined ? 'log' : 'json'), ...trace].join('\n\n');
}

/** A code block; its fence is longer than any row of backticks in the text, which would end it. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
