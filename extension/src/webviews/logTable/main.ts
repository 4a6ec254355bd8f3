import type { LogTableMemory } from '../../contracts/logTable.ts';
import type { Wire } from '../../contracts/peer.ts';
import { LogTableElement } from './logTableElement.ts';

/** What the editor gives to a webview. */
interface EditorApi {
  postMessage(message: unknown): void;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): EditorApi;

const editor = acquireVsCodeApi();
const wire: Wire = {
  send: (message) => editor.postMessage(message),
  receive: (listener) => {
    const onMessage = (event: MessageEvent<unknown>): void => listener(event.data);
    window.addEventListener('message', onMessage);
    return () => window.removeEventListener('message', onMessage);
  },
};
const memory = JSON.parse(document.body.dataset['memory'] ?? '{}') as LogTableMemory;

customElements.define('sightline-log-table', LogTableElement);
const table = document.querySelector('sightline-log-table');
if (table instanceof LogTableElement) {
  table.connect(wire, (choice) => editor.setState({ ...memory, choice }));
}
