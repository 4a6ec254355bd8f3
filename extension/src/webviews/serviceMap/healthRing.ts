import { html, svg, type TemplateResult } from 'lit';
import { sharesOf } from './figures.ts';
import { renderIcon } from './icons.ts';
import type { MapNode } from './mapGraph.ts';

const radius = 20;
/** Of a hundredth of the ring: keeps one failure in a million from vanishing. */
const leastShare = 0.03;

/** The node's icon in a ring whose parts are coloured by how requests ended, as X-Ray draws it. */
export function renderRing({ kind, counts, isInferred }: MapNode): TemplateResult {
  let start = 0;
  const shares = sharesOf(counts).map(({ health, share }) => ({ health, share: Math.max(share, leastShare) }));
  const sum = shares.reduce((total, { share }) => total + share, 0);
  return html`<svg class="ring" viewBox="-24 -24 48 48" width="48" height="48" aria-hidden="true">
    <circle class=${isInferred ? 'disc inferred' : 'disc'} r=${radius} />
    ${shares.map(({ health, share }) => {
      const length = (share / sum) * 100;
      // A little is left out between two parts, so that they are told apart without colours too.
      const gap = shares.length > 1 ? 1.5 : 0;
      const part = svg`<circle class="part ${health}" r=${radius} pathLength="100"
        stroke-dasharray="${Math.max(length - gap, 0.5)} 100" transform="rotate(-90)" stroke-dashoffset=${-start} />`;
      start += length;
      return part;
    })}
    <g transform="translate(-9 -9) scale(1.125)">${renderIcon(kind)}</g>
  </svg>`;
}
