import { scatterOf, shareOfCeiling, verdictOf, type Figure, type Target, type Unit } from './figures.ts';
import type { MachineFacts } from './machine.ts';
import { median } from './statistics.ts';

export interface BenchReport {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly runs: number;
  readonly isQuick: boolean;
  readonly machine: MachineFacts;
  readonly loadAverageAtEnd: string;
  /** The most that other programs took of the machine during a run, in cores. */
  readonly othersAtMostCores: number;
  readonly figures: readonly Figure[];
}

const heads = ['figure', 'measured', 'target', 'bare node:http', 'of it', 'scatter', 'verdict'];

/** The figures as a table for a terminal, with the notes below it. */
export function renderTable(figures: readonly Figure[]): string {
  const rows = [heads, ...figures.map(cellsOf)];
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, ...notesOf(figures).map((note) => `  ${note}`)].join('\n');
}

/** The report as a Markdown page. */
export function renderMarkdown(report: BenchReport): string {
  const { machine } = report;
  return [
    `# Figures of ${report.startedAt.slice(0, 16).replace('T', ' ')} UTC`,
    '',
    `Median of ${report.runs} ${report.runs === 1 ? 'run' : 'runs'}${report.isQuick ? ', shortened (`--quick`): indicative only' : ''}.`,
    `${machine.cores} cores (${machine.processor}), ${machine.memoryGiB} GiB, ${machine.platform}, Node ${machine.node}.`,
    `Load average before ${machine.loadAverage}, after ${report.loadAverageAtEnd} (the bench's own work included);`,
    `other programs took at most ${report.othersAtMostCores.toFixed(2)} cores during a run.`,
    '',
    markdownRow(heads),
    markdownRow(heads.map((_, column) => (column === 0 ? '---' : '--:'))),
    ...report.figures.map((figure) => markdownRow(cellsOf(figure))),
    '',
    ...notesOf(report.figures).map((note) => `* ${note}`),
    '',
  ].join('\n');
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function cellsOf(figure: Figure): string[] {
  const { samples, ceiling, target, unit } = figure;
  const share = shareOfCeiling(figure);
  const scatter = scatterOf(figure);
  return [
    figure.what,
    samples.length === 0 ? '-' : renderValue(median(samples), unit),
    target === undefined ? '-' : renderTarget(target, unit),
    ceiling.length === 0 ? '-' : renderValue(median(ceiling), unit),
    share === undefined ? '-' : `${(share * 100).toFixed(0)} %`,
    scatter === undefined ? '-' : `+-${(scatter * 100).toFixed(0)} %`,
    verdictOf(figure),
  ];
}

function renderTarget(target: Target, unit: Unit): string {
  return 'atLeast' in target ? `>= ${renderValue(target.atLeast, unit)}` : `<= ${renderValue(target.atMost, unit)}`;
}

/** Big numbers whole and with thousands apart, small ones with the digits that tell them apart. */
export function renderValue(value: number, unit: Unit): string {
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const number = value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  // 99.999 % must not be printed as 100 %.
  const exact = unit === '%' && value < 100 && value > 99 ? (Math.floor(value * 1_000) / 1_000).toString() : number;
  return unit === 'x' ? `${exact} x` : `${exact} ${unit}`;
}

function notesOf(figures: readonly Figure[]): string[] {
  return figures.flatMap(({ what, notes }) => notes.map((note) => `${what}: ${note}`));
}
