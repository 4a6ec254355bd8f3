import { css } from 'lit';
import { detailsStyles } from './detailsStyles.ts';

/** All colours are the editor's own, so that the map looks at home in every theme, high contrast included. */
const map = css`
  :host {
    --map-ok: var(--vscode-charts-green);
    --map-error: var(--vscode-charts-yellow);
    --map-throttle: var(--vscode-charts-purple);
    --map-fault: var(--vscode-charts-red);
    --map-line: color-mix(in srgb, var(--vscode-foreground) 38%, transparent);
    display: flex;
    flex-direction: column;
    position: fixed;
    inset: 0;
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size);
    color: var(--vscode-foreground);
    background: var(--vscode-editor-background);
  }
  .bar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px;
    padding: 6px 10px;
  }
  .bar:has(.wrong) {
    align-items: flex-start;
  }
  .filter {
    position: relative;
    flex: 1 1 260px;
  }
  input,
  select,
  button {
    box-sizing: border-box;
    font: inherit;
  }
  input,
  select,
  .bar button,
  .empty button,
  .zoom button,
  .offers button {
    height: 26px;
    padding: 2px 8px;
    color: var(--vscode-input-foreground);
    background: var(--vscode-input-background);
    border: 1px solid var(--vscode-input-border, transparent);
    border-radius: 3px;
  }
  input {
    width: 100%;
    padding-right: 26px;
    font-family: var(--vscode-editor-font-family, monospace);
  }
  input::placeholder {
    color: var(--vscode-input-placeholderForeground);
  }
  input[aria-invalid='true'] {
    border-color: var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground));
  }
  select {
    color: var(--vscode-dropdown-foreground);
    background: var(--vscode-dropdown-background);
    border-color: var(--vscode-dropdown-border, transparent);
  }
  button {
    cursor: pointer;
  }
  .bar button,
  .empty button,
  .zoom button,
  .offers button {
    color: var(--vscode-button-secondaryForeground);
    background: var(--vscode-button-secondaryBackground);
    border-color: var(--vscode-contrastBorder, var(--vscode-widget-border, transparent));
  }
  :is(.bar, .empty, .zoom, .offers) button:hover {
    background: var(--vscode-button-secondaryHoverBackground);
  }
  button[aria-pressed='true']:not(.node) {
    color: var(--vscode-inputOption-activeForeground);
    background: var(--vscode-inputOption-activeBackground);
    border-color: var(--vscode-inputOption-activeBorder, transparent);
  }
  .empty button.primary {
    color: var(--vscode-button-foreground);
    background: var(--vscode-button-background);
  }
  .empty button.primary:hover {
    background: var(--vscode-button-hoverBackground);
  }
  button.plain {
    padding: 0;
    width: 22px;
    height: 22px;
    line-height: 1;
    color: var(--vscode-icon-foreground, inherit);
    background: none;
    border: none;
    border-radius: 3px;
  }
  button.plain:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }
  .bar .clear {
    position: absolute;
    right: 2px;
    top: 2px;
    height: 22px;
    color: var(--vscode-icon-foreground, inherit);
    background: none;
  }
  :is(input, select, button, summary, [tabindex]):focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  /* In the flow, so that it covers nothing that is below the bar. */
  .wrong {
    padding: 0 9px 3px;
    font-family: var(--vscode-editor-font-family, monospace);
    color: var(--vscode-inputValidation-errorForeground, var(--vscode-foreground));
    background: var(--vscode-inputValidation-errorBackground, var(--vscode-editor-background));
    border: 1px solid var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground));
  }
  .place {
    display: block;
    overflow: hidden;
    white-space: pre;
    line-height: 1;
    color: var(--vscode-errorForeground);
  }
  .trace {
    flex: 1;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  code {
    font-family: var(--vscode-editor-font-family, monospace);
  }
  .views {
    display: flex;
  }
  .views button:first-child {
    border-radius: 3px 0 0 3px;
  }
  .views button:last-child {
    border-radius: 0 3px 3px 0;
  }
  .status {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    min-height: 20px;
    padding: 0 10px 4px;
    color: var(--vscode-descriptionForeground);
  }
  .status [role='status']:empty {
    display: none;
  }
  .trouble {
    color: var(--vscode-errorForeground);
  }
  .content {
    position: relative;
    display: flex;
    flex: 1;
    min-height: 0;
    border-top: 1px solid var(--vscode-panel-border, var(--vscode-widget-border, transparent));
  }
  .canvas {
    position: relative;
    flex: 1;
    min-width: 0;
    overflow: hidden;
    cursor: grab;
    touch-action: none;
    user-select: none;
  }
  .canvas.dragging {
    cursor: grabbing;
  }
  .world {
    position: absolute;
    left: 0;
    top: 0;
    transform-origin: 0 0;
  }
  .edges {
    position: absolute;
    left: 0;
    top: 0;
    overflow: visible;
    pointer-events: none;
  }
  .edge {
    --edge-colour: var(--map-line);
    cursor: pointer;
  }
  .edge.fault {
    --edge-colour: color-mix(in srgb, var(--map-fault) var(--strength), var(--map-line));
  }
  .edge.error {
    --edge-colour: color-mix(in srgb, var(--map-error) var(--strength), var(--map-line));
  }
  .edge.throttle {
    --edge-colour: color-mix(in srgb, var(--map-throttle) var(--strength), var(--map-line));
  }
  .edge path {
    fill: none;
  }
  .line {
    stroke: var(--edge-colour);
    /* Of a map far away the lines are drawn thicker, or they would vanish. */
    stroke-width: calc(var(--thickness) * 1px * max(1, 0.7 / var(--scale, 1)));
  }
  .reach {
    stroke: transparent;
    stroke-width: 14;
    pointer-events: stroke;
  }
  .edge:hover .line,
  .edge.selected .line {
    stroke: var(--vscode-focusBorder);
  }
  .edge-text {
    font-size: 11px;
    text-anchor: middle;
    fill: var(--vscode-descriptionForeground);
    stroke: var(--vscode-editor-background);
    stroke-width: 6px;
    stroke-linejoin: round;
    paint-order: stroke;
    /* Else the browser keeps it where it was at the size before, until something is laid out anew. */
    text-rendering: geometricPrecision;
    pointer-events: all;
    font-variant-numeric: tabular-nums;
  }
  .edge:hover .edge-text,
  .edge.selected .edge-text {
    fill: var(--vscode-foreground);
  }
  .crowded .edge:not(:hover, .related) .edge-text,
  .far .edge:not(:hover, .related) .edge-text {
    display: none;
  }
  .far .edge-text {
    font-size: calc(11px / var(--scale));
  }
  .node {
    position: absolute;
    display: flex;
    align-items: center;
    gap: 9px;
    padding: 0 10px;
    text-align: left;
    color: var(--vscode-editorWidget-foreground, var(--vscode-foreground));
    background: var(--vscode-editorWidget-background);
    border: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-panel-border, transparent)));
    border-radius: 6px;
  }
  .node:hover {
    border-color: var(--vscode-focusBorder);
  }
  .node.selected {
    border-color: var(--vscode-focusBorder);
    box-shadow: 0 0 0 1px var(--vscode-focusBorder);
  }
  .node:focus-visible {
    outline: 2px solid var(--vscode-focusBorder);
    outline-offset: 2px;
  }
  .faded {
    opacity: 0.4;
  }
  .ring,
  .small {
    flex: none;
    fill: none;
  }
  .small {
    width: 16px;
    height: 16px;
    vertical-align: -3px;
    margin-right: 6px;
  }
  .icon {
    fill: none;
    stroke: currentColor;
    stroke-width: 1.1;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .disc {
    stroke: var(--vscode-widget-border, var(--map-line));
    stroke-width: 1;
  }
  .disc.inferred {
    stroke-dasharray: 3 3;
  }
  .part {
    stroke-width: 4.5;
  }
  .part.ok {
    stroke: var(--map-ok);
  }
  .part.error {
    stroke: var(--map-error);
  }
  .part.throttle {
    stroke: var(--map-throttle);
  }
  .part.fault {
    stroke: var(--map-fault);
  }
  .text {
    display: flex;
    flex-direction: column;
    min-width: 0;
    font-size: 11px;
    line-height: 16px;
    font-variant-numeric: tabular-nums;
  }
  .text span {
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  .text .name {
    font-size: 13px;
    line-height: 19px;
    font-weight: 600;
  }
  .latency {
    color: var(--vscode-descriptionForeground);
  }
  .far .traffic,
  .far .latency {
    display: none;
  }
  .far .text .name {
    display: -webkit-box;
    -webkit-line-clamp: 2;
    -webkit-box-orient: vertical;
    font-size: min(25px, calc(11px / var(--scale)));
    line-height: 1.15;
    white-space: normal;
    overflow-wrap: anywhere;
  }
  .zoom {
    position: absolute;
    left: 10px;
    bottom: 10px;
    display: flex;
    flex-direction: column;
    gap: 2px;
  }
  .zoom button {
    display: grid;
    place-items: center;
    width: 26px;
    padding: 0;
    font-size: 15px;
    line-height: 1;
  }
  .zoom svg {
    width: 14px;
    height: 14px;
  }
  .legend {
    position: absolute;
    left: 46px;
    bottom: 10px;
    max-width: min(420px, calc(100% - 60px));
    color: var(--vscode-editorWidget-foreground, var(--vscode-foreground));
    background: var(--vscode-editorWidget-background);
    border: 1px solid var(--vscode-contrastBorder, var(--vscode-widget-border, var(--vscode-panel-border, transparent)));
    border-radius: 4px;
  }
  .legend summary {
    padding: 2px 8px;
    line-height: 20px;
    cursor: pointer;
  }
  .legend-content {
    display: flex;
    flex-wrap: wrap;
    gap: 0 24px;
    padding: 4px 10px 8px;
    font-size: 12px;
  }
  .legend ul {
    margin: 0;
    padding: 0;
    list-style: none;
    line-height: 22px;
  }
  .legend p {
    flex-basis: 100%;
    margin: 8px 0 0;
    line-height: 18px;
    color: var(--vscode-descriptionForeground);
  }
  kbd {
    padding: 0 3px;
    font: inherit;
    color: var(--vscode-keybindingLabel-foreground);
    background: var(--vscode-keybindingLabel-background);
    border: 1px solid var(--vscode-keybindingLabel-border, transparent);
    border-radius: 3px;
  }
  .swatch {
    display: inline-block;
    box-sizing: border-box;
    width: 10px;
    height: 10px;
    margin-right: 8px;
    border-radius: 50%;
  }
  .swatch.ok {
    background: var(--map-ok);
  }
  .swatch.error {
    background: var(--map-error);
  }
  .swatch.throttle {
    background: var(--map-throttle);
  }
  .swatch.fault {
    background: var(--map-fault);
  }
  .swatch.inferred {
    width: 13px;
    height: 13px;
    border: 1px dashed currentColor;
  }
  .empty {
    flex: 1;
    align-self: center;
    padding: 20px;
    text-align: center;
    color: var(--vscode-descriptionForeground);
  }
  .empty .what {
    font-size: 1.2em;
    color: var(--vscode-foreground);
  }
  .dot {
    display: inline-block;
    width: 8px;
    height: 8px;
    margin-right: 5px;
    border-radius: 50%;
    background: var(--vscode-testing-iconPassed, currentColor);
    animation: pulse 2s ease-in-out infinite;
  }
  @keyframes pulse {
    50% {
      opacity: 0.35;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .dot {
      animation: none;
    }
  }
  :host-context(.vscode-reduce-motion) .dot {
    animation: none;
  }
`;

export const styles = [map, detailsStyles];
