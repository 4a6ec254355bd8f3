import type { Ports } from '../../e2e/ports.ts';
import { hasDocumentedPorts, samplePlaces, sampleSettings } from '../../e2e/sampleProfile.ts';

/** The settings of the editor that `npm start` opens. */
export function startSettings(stateFolder: string, ports: Ports): Record<string, unknown> {
  return {
    ...sampleSettings(stateFolder, ports),
    ...(hasDocumentedPorts(ports) ? {} : samplePlaces(stateFolder, ports)),
  };
}
