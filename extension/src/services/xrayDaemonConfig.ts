import { withoutEditorVariables } from './editorEnvironment.ts';

export interface XRayDaemonConfig {
  /** Where its batches and the sampling calls go: the hub's API, such as `http://127.0.0.1:4319`. */
  readonly endpoint: string;
  readonly region: string;
  /** For UDP and TCP, such as `127.0.0.1:2000`. */
  readonly address: string;
}

/** The daemon's cfg.yaml: version 2, in local mode, so that it does not ask for the metadata of a machine that has none. */
export function renderXRayDaemonConfig({ endpoint, region, address }: XRayDaemonConfig): string {
  // A JSON string is a YAML string too, whatever is in it.
  return [
    'Version: 2',
    `Region: ${JSON.stringify(region)}`,
    `Endpoint: ${JSON.stringify(endpoint)}`,
    'LocalMode: true',
    'Socket:',
    `  UDPAddress: ${JSON.stringify(address)}`,
    `  TCPAddress: ${JSON.stringify(address)}`,
    '',
  ].join('\n');
}

/**
 * What the daemon runs with. Its batches go to the hub and nowhere else, so it gets made-up credentials, and nothing that would lead it elsewhere: an
 * AWS_ENDPOINT_URL_XRAY wins over its file, a proxy would be asked for the hub, and a profile that is not there, or one whose login has expired, would lose every batch.
 */
export function xrayDaemonEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(withoutEditorVariables(env)).filter(
    ([name]) => !/^(?:AWS_|ECS_|XRAY_|(?:HTTPS?|ALL|NO)_PROXY$)/i.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    AWS_ACCESS_KEY_ID: 'sightline-local',
    AWS_SECRET_ACCESS_KEY: 'sightline-local',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
