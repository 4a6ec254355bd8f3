import { css } from 'lit';

/** All colours and sizes are the editor's own, so that the table looks at home in every theme, high contrast included. */
export const styles = css`
  :host {
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
    align-items: flex-start;
    gap: 6px;
    padding: 6px 10px;
  }
  .filter {
    position: relative;
    flex: 3 1 260px;
  }
  .search {
    flex: 1 1 140px;
    display: flex;
    gap: 2px;
  }
  input,
  select,
  button,
  summary {
    box-sizing: border-box;
    height: 26px;
    font: inherit;
    color: var(--vscode-input-foreground);
    background: var(--vscode-input-background);
    border: 1px solid var(--vscode-input-border, transparent);
    border-radius: 3px;
    padding: 2px 6px;
  }
  input {
    width: 100%;
    min-width: 0;
  }
  input::placeholder {
    color: var(--vscode-input-placeholderForeground);
  }
  .filter input {
    font-family: var(--vscode-editor-font-family, monospace);
  }
  input[aria-invalid='true'] {
    border-color: var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground));
  }
  select {
    color: var(--vscode-dropdown-foreground);
    background: var(--vscode-dropdown-background);
    border-color: var(--vscode-dropdown-border, transparent);
  }
  button,
  summary {
    cursor: pointer;
    white-space: nowrap;
    line-height: 20px;
    color: var(--vscode-button-secondaryForeground);
    background: var(--vscode-button-secondaryBackground);
    border-color: var(--vscode-contrastBorder, var(--vscode-input-border, transparent));
  }
  button:hover,
  summary:hover {
    background: var(--vscode-button-secondaryHoverBackground);
  }
  button[aria-pressed='true'] {
    color: var(--vscode-inputOption-activeForeground);
    background: var(--vscode-inputOption-activeBackground);
    border-color: var(--vscode-inputOption-activeBorder, transparent);
  }
  button.primary {
    color: var(--vscode-button-foreground);
    background: var(--vscode-button-background);
  }
  button.primary:hover {
    background: var(--vscode-button-hoverBackground);
  }
  :is(input, select, button, summary, .grid):focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  /* In the flow, so that it covers nothing that is below the bar. */
  .wrong {
    padding: 0 7px 3px;
    font-family: var(--vscode-editor-font-family, monospace);
    background: var(--vscode-inputValidation-errorBackground, var(--vscode-editor-background));
    color: var(--vscode-inputValidation-errorForeground, var(--vscode-foreground));
    border: 1px solid var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground));
  }
  .place {
    display: block;
    white-space: pre;
    overflow: hidden;
    line-height: 1;
    color: var(--vscode-errorForeground);
  }
  details {
    position: relative;
  }
  summary {
    list-style: none;
  }
  .fields {
    position: absolute;
    z-index: 3;
    right: 0;
    min-width: 200px;
    max-height: 60vh;
    overflow: auto;
    padding: 6px 10px;
    color: var(--vscode-menu-foreground);
    background: var(--vscode-menu-background);
    border: 1px solid var(--vscode-menu-border, var(--vscode-widget-border, transparent));
    box-shadow: 0 2px 8px var(--vscode-widget-shadow);
  }
  .fields label {
    display: flex;
    align-items: center;
    gap: 6px;
    line-height: 22px;
    white-space: nowrap;
  }
  .fields input {
    width: auto;
    height: auto;
  }
  .status {
    display: flex;
    gap: 12px;
    padding: 0 10px 4px;
    color: var(--vscode-descriptionForeground);
  }
  .trouble {
    color: var(--vscode-errorForeground);
  }
  .grid {
    flex: 1;
    min-height: 0;
    display: flex;
    flex-direction: column;
    outline: none;
    font-family: var(--vscode-editor-font-family, monospace);
    font-size: var(--vscode-editor-font-size, 12px);
  }
  .row {
    display: flex;
    box-sizing: border-box;
    min-width: 100%;
    line-height: 20px;
  }
  .head {
    padding-right: 14px;
    color: var(--vscode-descriptionForeground);
    border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-widget-border, transparent));
  }
  .cell {
    flex: none;
    box-sizing: border-box;
    padding: 0 8px;
    overflow: hidden;
    white-space: pre;
    text-overflow: ellipsis;
  }
  .twist {
    width: 20px;
    padding: 0 0 0 8px;
    color: var(--vscode-descriptionForeground);
    cursor: pointer;
  }
  .time {
    width: calc(23ch + 16px);
    color: var(--vscode-descriptionForeground);
  }
  .level {
    width: calc(7ch + 16px);
  }
  .stream,
  .field {
    width: calc(18ch + 16px);
  }
  .message {
    flex: 1 1 0;
    min-width: 20ch;
  }
  .link {
    color: var(--vscode-textLink-foreground);
    cursor: pointer;
    padding: 0 8px;
    flex: none;
  }
  .link:hover {
    text-decoration: underline;
  }
  .scroller {
    position: relative;
    flex: 1;
    min-height: 0;
    overflow-x: hidden;
    overflow-y: scroll;
    overflow-anchor: none;
  }
  .window {
    position: sticky;
    top: 0;
    overflow: hidden;
    contain: strict;
  }
  .line {
    position: absolute;
    left: 0;
    right: 0;
    top: 0;
    contain: layout style;
  }
  .line.wrapped .message {
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .line:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .line[aria-selected='true'] {
    background: var(--vscode-list-inactiveSelectionBackground);
    color: var(--vscode-list-inactiveSelectionForeground, inherit);
  }
  .grid:focus-visible .line[aria-selected='true'],
  .grid:focus .line[aria-selected='true'] {
    background: var(--vscode-list-activeSelectionBackground);
    color: var(--vscode-list-activeSelectionForeground);
  }
  .grid:focus .line.current {
    outline: 1px solid var(--vscode-list-focusOutline, var(--vscode-focusBorder));
    outline-offset: -1px;
  }
  .error .level,
  .fatal .level,
  .error .message,
  .fatal .message {
    color: var(--vscode-errorForeground);
  }
  .warn .level,
  .warn .message {
    color: var(--vscode-editorWarning-foreground);
  }
  .info .level {
    color: var(--vscode-charts-blue);
  }
  .debug,
  .trace,
  .debug .level,
  .trace .level {
    color: var(--vscode-descriptionForeground);
  }
  .grid:focus .line[aria-selected='true'] :is(.level, .message, .time, .link) {
    color: inherit;
  }
  .missing {
    color: var(--vscode-disabledForeground);
  }
  mark {
    color: inherit;
    background: var(--vscode-editor-findMatchHighlightBackground);
    outline: 1px solid var(--vscode-editor-findMatchHighlightBorder, transparent);
  }
  pre {
    margin: 0 8px 6px 28px;
    padding: 6px 8px;
    max-height: 50vh;
    overflow: auto;
    white-space: pre-wrap;
    overflow-wrap: anywhere;
    font: inherit;
    line-height: 1.4;
    color: var(--vscode-editor-foreground);
    background: var(--vscode-textCodeBlock-background);
  }
  .empty {
    padding: 20px;
    color: var(--vscode-descriptionForeground);
    font-family: var(--vscode-font-family);
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
  .dot.still {
    background: var(--vscode-descriptionForeground);
    animation: none;
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
