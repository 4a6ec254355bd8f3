import { css } from 'lit';

/** The panel beside the map, and the table in its place. */
export const detailsStyles = css`
  .details {
    flex: none;
    box-sizing: border-box;
    width: min(320px, 60%);
    padding: 8px 14px 16px;
    overflow: auto;
    color: var(--vscode-sideBar-foreground, var(--vscode-foreground));
    background: var(--vscode-sideBar-background);
    border-left: 1px solid
      var(--vscode-contrastBorder, var(--vscode-sideBar-border, var(--vscode-panel-border, transparent)));
  }
  .details header {
    display: flex;
    align-items: flex-start;
    gap: 6px;
  }
  h2 {
    flex: 1;
    min-width: 0;
    margin: 0;
    font-size: 14px;
    font-weight: 600;
    line-height: 22px;
    overflow-wrap: anywhere;
  }
  h2#details-title:focus-visible {
    outline: none;
  }
  h3 {
    margin: 16px 0 6px;
    font-size: 11px;
    font-weight: 700;
    text-transform: uppercase;
    color: var(--vscode-sideBarSectionHeader-foreground, inherit);
  }
  .kind,
  .names,
  .none {
    margin: 2px 0 0;
    color: var(--vscode-descriptionForeground);
    overflow-wrap: anywhere;
  }
  .figures {
    display: grid;
    grid-template-columns: 1fr 1fr;
    gap: 8px 12px;
    margin: 14px 0;
  }
  .figures dt {
    font-size: 11px;
    color: var(--vscode-descriptionForeground);
  }
  .figures dd {
    margin: 0;
    font-size: 14px;
    font-variant-numeric: tabular-nums;
  }
  .health {
    width: 100%;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
    line-height: 22px;
  }
  .health caption {
    text-align: left;
    color: var(--vscode-descriptionForeground);
    font-size: 11px;
  }
  .health th {
    font-weight: normal;
    text-align: left;
  }
  .health td {
    text-align: right;
  }
  .histogram {
    display: block;
    width: 100%;
    overflow: visible;
  }
  .bar-of {
    fill: var(--vscode-charts-blue);
  }
  .axis {
    stroke: var(--map-line);
  }
  .percentile {
    stroke: var(--vscode-descriptionForeground);
    stroke-dasharray: 3 2;
  }
  .tick {
    font-size: 10px;
    fill: var(--vscode-descriptionForeground);
  }
  .offers {
    display: flex;
    flex-direction: column;
    gap: 4px;
  }
  .offers button {
    display: flex;
    flex-direction: column;
    height: auto;
    padding: 4px 8px;
    text-align: left;
  }
  .offers code {
    max-width: 100%;
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
    font-size: 11px;
    opacity: 0.85;
  }
  .details .edges {
    position: static;
    margin: 0 -6px;
    padding: 0;
    list-style: none;
    pointer-events: auto;
  }
  .details .edges button {
    display: flex;
    gap: 8px;
    width: 100%;
    padding: 2px 6px;
    text-align: left;
    line-height: 20px;
    color: inherit;
    background: none;
    border: none;
    font-variant-numeric: tabular-nums;
  }
  .details .edges button:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .details .edges .name {
    flex: 1;
    min-width: 0;
    overflow: hidden;
    white-space: nowrap;
    text-overflow: ellipsis;
  }
  button.link {
    padding: 0;
    text-align: left;
    color: var(--vscode-textLink-foreground);
    background: none;
    border: none;
  }
  button.link:hover {
    color: var(--vscode-textLink-activeForeground);
    text-decoration: underline;
  }
  .table-scroller {
    flex: 1;
    min-width: 0;
    overflow: auto;
  }
  .services {
    width: 100%;
    border-collapse: collapse;
    line-height: 22px;
    font-variant-numeric: tabular-nums;
  }
  .services :is(th, td) {
    padding: 1px 10px;
    text-align: left;
    vertical-align: top;
    font-weight: normal;
  }
  .services thead th {
    position: sticky;
    top: 0;
    z-index: 1;
    color: var(--vscode-descriptionForeground);
    background: var(--vscode-editor-background);
    white-space: nowrap;
  }
  .services td:nth-of-type(1) {
    white-space: nowrap;
  }
  .services .number {
    text-align: right;
    white-space: nowrap;
  }
  /* A long name is broken rather than that the figures go out of sight. */
  .services :is(th[scope='row'], .calls) {
    overflow-wrap: anywhere;
  }
  .services :is(th[scope='row'], .calls) .link {
    white-space: normal;
  }
  @media (max-width: 1000px) {
    .services :is(th, td) {
      padding: 1px 6px;
    }
    .services td:nth-of-type(1) {
      white-space: normal;
    }
    .services :is(th[scope='row'], .calls) {
      min-width: 9ch;
    }
  }
  /* The type is in the details of the service that is selected, too. */
  @media (max-width: 800px) {
    .services :is(thead th:nth-of-type(2), td:nth-of-type(1)) {
      display: none;
    }
  }
  .services tbody tr:hover {
    background: var(--vscode-list-hoverBackground);
  }
  .services tr.selected {
    background: var(--vscode-list-inactiveSelectionBackground);
  }
  .services td.fault {
    color: var(--vscode-errorForeground);
  }
  .services td:is(.error, .throttle) {
    color: var(--vscode-editorWarning-foreground);
  }
`;
