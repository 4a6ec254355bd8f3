import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from 'lit/directives/style-map.js';
import { jsonFieldsOf, prettyJsonOf } from '../../contracts/logMessage.ts';
import type { LogTableRow } from '../../contracts/logTable.ts';
import { localTimeOf } from './localTime.ts';

/** How a row is drawn. */
export interface RowLook {
  readonly index: number;
  /** Pixels from the upper edge. */
  readonly y: number;
  readonly height: number;
  readonly isWrapped: boolean;
  readonly isSelected: boolean;
  /** The row that the keyboard is at. */
  readonly isCurrent: boolean;
  readonly isExpanded: boolean;
  readonly hasStream: boolean;
  readonly fields: readonly string[];
  readonly find: string;
  /** The whole message of an expanded row that was cut, once it is here. */
  readonly whole: string | undefined;
}

/** Characters of a message that a row draws; what is behind them would be out of sight. */
const charsOnALine = 1000;

/** One line of the table. */
export function renderRow(row: LogTableRow | undefined, look: RowLook): TemplateResult {
  const { index, y, height, isWrapped, isSelected, isCurrent, isExpanded } = look;
  const classes = ['line', isWrapped ? 'wrapped' : '', isCurrent ? 'current' : '', row?.level ?? 'missing'].join(' ');
  return html`<div
    role="row"
    id="row-${index}"
    class=${classes}
    aria-rowindex=${index + 2}
    aria-selected=${isSelected}
    aria-expanded=${isExpanded}
    data-index=${index}
    style=${styleMap({ transform: `translateY(${y}px)`, minHeight: `${height}px` })}
  >
    <div class="row" role="presentation">${row === undefined ? missing : cellsOf(row, look)}</div>
    ${isExpanded && row !== undefined ? expansionOf(row, look) : nothing}
  </div>`;
}

/** The fields of a row's message; made once for each row. */
export function fieldsOf(row: LogTableRow): ReadonlyMap<string, string> {
  const fields = fieldsByRow.get(row) ?? jsonFieldsOf(row.message);
  fieldsByRow.set(row, fields);
  return fields;
}

const fieldsByRow = new WeakMap<LogTableRow, ReadonlyMap<string, string>>();
const timesByRow = new WeakMap<LogTableRow, string>();

const missing = html`<span class="cell twist"></span><span role="gridcell" class="cell message">…</span>`;

function cellsOf(row: LogTableRow, { isExpanded, isWrapped, hasStream, fields, find }: RowLook): TemplateResult {
  const line = isWrapped ? row.message : row.message.slice(0, charsOnALine).replaceAll(/\s+/g, ' ');
  return html`<span class="cell twist" data-act="expand" aria-hidden="true">${isExpanded ? '▾' : '▸'}</span>
    <span role="gridcell" class="cell time" title=${row.stream}>${timeOf(row)}</span>
    <span role="gridcell" class="cell level">${row.level === 'unset' ? '' : row.level}</span>
    ${hasStream ? html`<span role="gridcell" class="cell stream" title=${row.stream}>${row.stream}</span>` : nothing}
    ${fields.map((name) => html`<span role="gridcell" class="cell field">${fieldsOf(row).get(name) ?? ''}</span>`)}
    <span role="gridcell" class="cell message">${marked(line, find)}</span>
    ${row.traceId === undefined ? nothing : html`<span role="gridcell" class="link" data-act="trace">trace</span>`}`;
}

function expansionOf(row: LogTableRow, { whole, find }: RowLook): TemplateResult {
  const message = whole ?? row.message;
  return html`<pre>${marked(prettyJsonOf(message) ?? message, find)}</pre>`;
}

/** The text with what is searched for set off. */
function marked(text: string, find: string): unknown {
  if (find === '') {
    return text;
  }
  const lower = text.toLowerCase();
  const wanted = find.toLowerCase();
  const parts: unknown[] = [];
  let at = 0;
  // A letter that has another length in lower case would shift all places behind it.
  for (let found = lower.indexOf(wanted); found !== -1 && lower.length === text.length;) {
    parts.push(text.slice(at, found), html`<mark>${text.slice(found, found + wanted.length)}</mark>`);
    at = found + wanted.length;
    found = lower.indexOf(wanted, at);
  }
  return [...parts, text.slice(at)];
}

function timeOf(row: LogTableRow): string {
  const time = timesByRow.get(row) ?? localTimeOf(row.time);
  timesByRow.set(row, time);
  return time;
}
