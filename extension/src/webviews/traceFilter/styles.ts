import { css } from 'lit';

/** All colours and sizes are the editor's own, so that the box looks at home in every theme, high contrast included. */
export const styles = css`
  :host {
    display: block;
    /* The editor's own margin of a view's page is wider than that of its trees. */
    margin: 0 -10px;
    padding: 4px 0;
    font-family: var(--vscode-font-family);
    font-size: var(--vscode-font-size);
    color: var(--vscode-foreground);
  }
  .box {
    position: relative;
  }
  .line {
    position: relative;
    box-sizing: border-box;
    height: 26px;
    background: var(--vscode-input-background);
    border: 1px solid var(--vscode-input-border, transparent);
    border-radius: 2px;
  }
  .line:focus-within {
    outline: 1px solid var(--vscode-focusBorder);
    outline-offset: -1px;
  }
  .line.invalid,
  .line.invalid:focus-within {
    border-color: var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground));
    outline: none;
  }
  .marks,
  input {
    position: absolute;
    inset: 0;
    box-sizing: border-box;
    width: 100%;
    margin: 0;
    padding: 0 24px 0 6px;
    border: 0;
    background: none;
    font-family: var(--vscode-editor-font-family, monospace);
    font-size: var(--vscode-editor-font-size, 12px);
    line-height: 24px;
    letter-spacing: 0;
    white-space: pre;
    overflow: hidden;
  }
  .marks {
    color: transparent;
    pointer-events: none;
  }
  .wrong {
    text-decoration: underline wavy var(--vscode-editorError-foreground, var(--vscode-errorForeground)) 1px;
    text-decoration-skip-ink: none;
    text-underline-offset: 3px;
  }
  input {
    color: var(--vscode-input-foreground);
    outline: none;
  }
  input::placeholder {
    color: var(--vscode-input-placeholderForeground);
    opacity: 1;
  }
  .clear {
    position: absolute;
    right: 3px;
    top: 3px;
    width: 20px;
    height: 20px;
    padding: 0;
    border: 0;
    border-radius: 3px;
    color: var(--vscode-icon-foreground, var(--vscode-foreground));
    background: none;
    cursor: pointer;
    font-size: 12px;
    line-height: 20px;
  }
  .clear:hover {
    background: var(--vscode-toolbar-hoverBackground);
  }
  :is(.clear, .stop):focus-visible {
    outline: 1px solid var(--vscode-focusBorder);
  }
  ul {
    position: absolute;
    z-index: 2;
    left: 0;
    right: 0;
    top: 27px;
    max-height: calc(100vh - 36px);
    margin: 0;
    padding: 0;
    overflow: auto;
    list-style: none;
    box-sizing: border-box;
    color: var(--vscode-editorSuggestWidget-foreground, var(--vscode-foreground));
    background: var(--vscode-editorSuggestWidget-background, var(--vscode-editor-background));
    border: 1px solid var(--vscode-editorSuggestWidget-border, var(--vscode-widget-border, transparent));
  }
  ul[hidden] {
    display: none;
  }
  li {
    display: flex;
    gap: 10px;
    padding: 0 6px;
    line-height: 20px;
    white-space: nowrap;
    cursor: pointer;
  }
  .label {
    flex: none;
    max-width: 75%;
    overflow: hidden;
    text-overflow: ellipsis;
    font-family: var(--vscode-editor-font-family, monospace);
    font-size: var(--vscode-editor-font-size, 12px);
  }
  .about {
    overflow: hidden;
    text-overflow: ellipsis;
    color: var(--vscode-descriptionForeground);
  }
  li:hover {
    background: var(--vscode-list-hoverBackground);
  }
  li[aria-selected='true'] {
    color: var(--vscode-editorSuggestWidget-selectedForeground, var(--vscode-list-activeSelectionForeground));
    background: var(--vscode-editorSuggestWidget-selectedBackground, var(--vscode-list-activeSelectionBackground));
    outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  li[aria-selected='true'] .about {
    color: inherit;
  }
  .message {
    padding: 2px 6px;
    color: var(--vscode-inputValidation-errorForeground, var(--vscode-foreground));
    background: var(--vscode-inputValidation-errorBackground);
    border: 1px solid var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground));
    border-top: 0;
  }
  .status {
    display: flex;
    align-items: center;
    gap: 6px;
    min-height: 22px;
    color: var(--vscode-descriptionForeground);
  }
  .hint {
    padding: 2px 0;
    color: var(--vscode-descriptionForeground);
  }
  .spinner {
    width: 12px;
    height: 12px;
    box-sizing: border-box;
    border: 2px solid var(--vscode-progressBar-background, currentColor);
    border-right-color: transparent;
    border-radius: 50%;
    animation: turn 1s linear infinite;
  }
  @keyframes turn {
    to {
      transform: rotate(360deg);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .spinner {
      animation: none;
    }
  }
  .stop {
    padding: 0 6px;
    font: inherit;
    line-height: 18px;
    color: var(--vscode-button-secondaryForeground);
    background: var(--vscode-button-secondaryBackground);
    border: 1px solid var(--vscode-contrastBorder, transparent);
    border-radius: 2px;
    cursor: pointer;
  }
`;
