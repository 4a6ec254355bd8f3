import { hasDocumentedPorts, samplePlaces, sampleSettings, type SamplePorts } from '../../e2e/sampleProfile.ts';

/** The settings of the editor that `npm start` opens. The hub takes its usual ports, or others where those are taken, and **Services** says so. */
export function startSettings(stateFolder: string, ports: SamplePorts): Record<string, unknown> {
  return {
    ...sampleSettings(stateFolder),
    ...(hasDocumentedPorts(ports) ? {} : samplePlaces(stateFolder, ports)),
  };
}
