import type { ServiceMapMemory } from '../../contracts/serviceMap.ts';
import { connectToEditor } from '../editorWire.ts';
import { LayoutThread } from './layoutThread.ts';
import { ServiceMapElement } from './serviceMapElement.ts';

const { wire, memory, remember } = connectToEditor<ServiceMapMemory>();
const layouts = new LayoutThread(document.body.dataset['base'] ?? '.');

customElements.define('sightline-service-map', ServiceMapElement);
const map = document.querySelector('sightline-service-map');
if (map instanceof ServiceMapElement) {
  map.connect(wire, (input) => layouts.layOut(input), memory, remember);
}
