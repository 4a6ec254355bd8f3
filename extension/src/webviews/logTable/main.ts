import type { LogTableMemory } from '../../contracts/logTable.ts';
import { connectToEditor } from '../editorWire.ts';
import { LogTableElement } from './logTableElement.ts';

const { wire, memory, remember } = connectToEditor<LogTableMemory>();

customElements.define('sightline-log-table', LogTableElement);
const table = document.querySelector('sightline-log-table');
if (table instanceof LogTableElement) {
  // Also a table in which nothing was chosen comes back after a restart.
  remember(memory);
  table.connect(wire, memory.choice, (choice) => remember({ ...memory, choice }));
}
