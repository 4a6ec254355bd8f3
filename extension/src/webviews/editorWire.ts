import type { Wire } from '../contracts/peer.ts';

/** What the editor gives to a webview. */
interface EditorApi {
  postMessage(message: unknown): void;
  setState(state: unknown): void;
  getState(): unknown;
}

declare function acquireVsCodeApi(): EditorApi;

/**
 * A webview's end of the wire; what it remembered before it was hidden, else what the editor has put into the document for it; and how to
 * remember something, over a reload too. Once a document.
 */
export function connectToEditor<Memory>(): {
  readonly wire: Wire;
  readonly memory: Memory;
  readonly remember: (memory: Memory) => void;
} {
  const editor = acquireVsCodeApi();
  const wire: Wire = {
    send: (message) => editor.postMessage(message),
    receive: (listener) => {
      const onMessage = (event: MessageEvent<unknown>): void => listener(event.data);
      window.addEventListener('message', onMessage);
      return () => window.removeEventListener('message', onMessage);
    },
  };
  const memory = (editor.getState() ?? JSON.parse(document.body.dataset['memory'] ?? '{}')) as Memory;
  return { wire, memory, remember: (kept) => editor.setState(kept) };
}
