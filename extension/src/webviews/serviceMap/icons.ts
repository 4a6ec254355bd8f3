import { svg, type SVGTemplateResult } from 'lit';
import type { NodeKind } from './mapGraph.ts';

/** Line drawings in a box of 16 by 16, in the manner of the editor's own icons. */
const paths: Readonly<Record<NodeKind, string>> = {
  client: 'M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2.5 14c.3-3 2.5-4.5 5.5-4.5s5.2 1.5 5.5 4.5Z',
  service: 'M2.5 2.5h11v4.5h-11ZM2.5 9h11v4.5h-11ZM5 4.750h.01M5 11.250h.01M7.5 4.750h3.5M7.5 11.250h3.5',
  database:
    'M2.5 4c0-1.1 2.5-2 5.5-2s5.5.9 5.5 2-2.5 2-5.5 2-5.5-.9-5.5-2ZM2.5 4v8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2V4M2.5 8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2',
  queue: 'M1.5 4.5h13v7h-13ZM4.75 4.5v7M8 4.5v7M11.25 4.5v7',
  remote:
    'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM2 8h12M8 2c1.7 1.6 2.6 3.7 2.6 6S9.7 12.4 8 14C6.3 12.4 5.4 10.3 5.4 8S6.3 3.6 8 2Z',
};

export function renderIcon(kind: NodeKind): SVGTemplateResult {
  return svg`<path class="icon" d=${paths[kind]} />`;
}
