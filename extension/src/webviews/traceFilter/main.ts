import { connectToEditor } from '../editorWire.ts';
import { TraceFilterElement } from './traceFilterElement.ts';

const { wire } = connectToEditor<undefined>();

customElements.define('sightline-trace-filter', TraceFilterElement);
const box = document.querySelector('sightline-trace-filter');
if (box instanceof TraceFilterElement) {
  box.connect(wire);
}
