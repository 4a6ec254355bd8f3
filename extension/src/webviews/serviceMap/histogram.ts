import { html, svg, type TemplateResult } from 'lit';
import type { HistogramBar } from '../../contracts/serviceMap.ts';
import { percentileOf, toNumberText, toSecondsText } from './figures.ts';

export interface HistogramColumn {
  /** Seconds, `to` not included but in the last one. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

const columns = 24;
const width = 240;
const height = 64;

/** The bars in columns of the same width, from nothing to the slowest. */
export function columnsOf(bars: readonly HistogramBar[]): readonly HistogramColumn[] {
  const slowest = bars.reduce((max, { value }) => Math.max(max, value), 0);
  if (slowest <= 0) {
    return [];
  }
  const step = slowest / columns;
  const counts = Array.from({ length: columns }, () => 0);
  for (const { value, count } of bars) {
    const column = Math.min(Math.floor(value / step), columns - 1);
    counts[column] = (counts[column] ?? 0) + count;
  }
  return counts.map((count, index) => ({ from: index * step, to: (index + 1) * step, count }));
}

/** How many requests took how long, with lines at the median and the 95th percentile. */
export function renderHistogram(bars: readonly HistogramBar[], name: string): TemplateResult {
  const drawn = columnsOf(bars);
  const last = drawn.at(-1);
  if (last === undefined) {
    return html`<p class="none">No response time was measured.</p>`;
  }
  const most = Math.max(...drawn.map(({ count }) => count));
  const step = width / drawn.length;
  const lines = ([0.5, 0.95] as const).map((share) => ({ share, value: percentileOf(bars, share) ?? 0 }));
  const spoken = lines.map(({ share, value }) => `${share * 100} % within ${toSecondsText(value)}`).join(', ');
  return html`<svg class="histogram" viewBox="0 0 ${width} ${height + 16}" role="img" aria-label="${name}: ${spoken}">
    ${drawn.map(({ from, to, count }, index) => {
      const tall = count === 0 ? 0 : Math.max((count / most) * height, 1.5);
      return svg`<rect class="bar-of" x=${index * step + 0.5} y=${height - tall} width=${step - 1} height=${tall}>
        <title>${toSecondsText(from)} – ${toSecondsText(to)}: ${toNumberText(count)}</title></rect>`;
    })}
    <line class="axis" x1="0" y1=${height} x2=${width} y2=${height} />
    ${lines.map(({ share, value }) => {
      const x = Math.min((value / last.to) * width, width - 0.5);
      return svg`<line class="percentile" x1=${x} y1="0" x2=${x} y2=${height}><title>p${share * 100} ${toSecondsText(value)}</title></line>`;
    })}
    <text class="tick" x="0" y=${height + 12}>0</text>
    <text class="tick" x=${width} y=${height + 12} text-anchor="end">${toSecondsText(last.to)}</text>
  </svg>`;
}
