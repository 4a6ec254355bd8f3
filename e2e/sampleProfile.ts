import path from 'node:path';
import type { Ports } from './ports.ts';

/** The two that the sample listens on. */
export type SamplePorts = Pick<Ports, 'backend' | 'page'>;

/**
 * Settings of an editor that starts the sample with its window, with data of its own: for `npm start`, and so for the tests.
 * The hub keeps it in `<folder>/hub`.
 */
export function sampleSettings(folder: string): Record<string, unknown> {
  return {
    'workbench.startupEditor': 'none',
    // The person has just run this very code by npm, so asking whether to trust it would protect nobody.
    'security.workspace.trust.enabled': false,
    'sightline.autostart': true,
    'sightline.revealOnStart': true,
    'sightline.hub.dataDirectory': path.join(folder, 'hub'),
  };
}

/** Where the hub listens, when it is not to choose by itself. */
export function hubPlaces(ports: Ports): Record<string, unknown> {
  return {
    'sightline.hub.port': ports.api,
    'sightline.hub.otlpHttpPort': ports.otlpHttp,
    'sightline.hub.otlpGrpcPort': ports.otlpGrpc,
    'sightline.hub.xrayPort': ports.xray,
  };
}

/** Where the sample itself runs, when that is not 4567, 3000 and the project's cache. Other folders then lack a backend's command. */
export function samplePlaces(folder: string, ports: SamplePorts): Record<string, unknown> {
  // The sample's own .vscode/settings.json says what to run; VS Code merges the two objects.
  return {
    'sightline.backend': { env: { PORT: String(ports.backend), PAGE_PORT: String(ports.page) } },
    'sightline.database': { env: { SAMPLE_DATA_DIR: path.join(folder, 'postgres') } },
  };
}

/** True where the sample runs on the ports that its documents name. */
export function hasDocumentedPorts({ backend, page }: SamplePorts): boolean {
  return backend === 4567 && page === 3000;
}
