/** What stands between a port of this machine and a browser elsewhere. */
export type PortForwarder =
  | { readonly kind: 'none' }
  | { readonly kind: 'gitpod'; readonly workspaceId: string; readonly clusterHost: string }
  | { readonly kind: 'codespaces'; readonly name: string; readonly domain: string }
  /** Its addresses can only be asked for: `sharedPortsOf` reads the answer. */
  | { readonly kind: 'ona'; readonly sharedPorts: SharedPorts };

/** Addresses by port, of the ports that are shared. */
export type SharedPorts = ReadonlyMap<number, string>;

type Environment = Readonly<Record<string, string | undefined>>;

/** What a person calls it. */
export const forwarderNames: Readonly<Record<PortForwarder['kind'], string>> = {
  none: 'this machine',
  gitpod: 'Gitpod',
  codespaces: 'GitHub Codespaces',
  ona: 'Ona',
};

/** Who forwards the ports of the machine with this environment; the shared ports are asked for where `isOna` says so. */
export function portForwarderOf(env: Environment, sharedPorts: SharedPorts = new Map()): PortForwarder {
  const { GITPOD_WORKSPACE_ID: workspaceId, GITPOD_WORKSPACE_CLUSTER_HOST: clusterHost } = env;
  if (workspaceId && clusterHost) {
    return { kind: 'gitpod', workspaceId, clusterHost };
  }
  const { CODESPACE_NAME: name, GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN: domain } = env;
  if (name) {
    return { kind: 'codespaces', name, domain: domain || 'app.github.dev' };
  }
  return isOna(env) ? { kind: 'ona', sharedPorts } : { kind: 'none' };
}

/** Whether this is an environment of Ona. It sets the names of the company's earlier days; a workspace of Gitpod Classic has other ones. */
export function isOna(env: Environment): boolean {
  return Boolean(env['ONA_ENVIRONMENT_ID'] || env['GITPOD_ENVIRONMENT_ID']);
}

/** The call that lists the shared ports, by Ona's CLI under its name and its earlier one. */
export const sharedPortsCommands: readonly (readonly [string, ...string[]])[] = ['ona', 'gitpod'].map((program) => [
  program,
  'environment',
  'port',
  'list',
  '-o',
  'json',
]);

/** The ports in the answer of Ona's CLI. Never throws: what is no list of ports shares none. */
export function sharedPortsOf(answer: string): SharedPorts {
  const ports = new Map<number, string>();
  for (const { port, url } of listOf(answer)) {
    if (Number.isInteger(port) && typeof url === 'string' && URL.canParse(url)) {
      ports.set(Number(port), url);
    }
  }
  return ports;
}

/** The address under which a browser elsewhere reaches what answers at `localUrl`; `localUrl` itself where nothing forwards its port. */
export function publicUrlOf(localUrl: string, forwarder: PortForwarder): string {
  const port = portOf(new URL(localUrl));
  switch (forwarder.kind) {
    case 'none':
      return localUrl;
    case 'gitpod':
      return `https://${port}-${forwarder.workspaceId}.${forwarder.clusterHost}`;
    case 'codespaces':
      return `https://${forwarder.name}-${port}.${forwarder.domain}`;
    case 'ona':
      return forwarder.sharedPorts.get(port)?.replace(/\/+$/, '') ?? localUrl;
  }
}

/** The pattern of Hosts by which the X-Ray SDKs name segments: `*4567-…*` for the backend's public address. */
export function xrayHostPatternOf(backendUrl: string): string {
  return `*${new URL(backendUrl).host}*`;
}

/** `FRONTEND_URL`, `BACKEND_URL` and `AWS_XRAY_URL` for an app whose page and backend answer at these local addresses. */
export function publicVariablesOf(
  local: { readonly frontendUrl?: string; readonly backendUrl?: string },
  forwarder: PortForwarder,
): Readonly<Record<string, string>> {
  const { frontendUrl, backendUrl } = local;
  const backend = backendUrl === undefined ? undefined : publicUrlOf(backendUrl, forwarder);
  return {
    ...(backend !== undefined && { BACKEND_URL: backend, AWS_XRAY_URL: xrayHostPatternOf(backend) }),
    ...(frontendUrl !== undefined && { FRONTEND_URL: publicUrlOf(frontendUrl, forwarder) }),
  };
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? ({ 'https:': 443 }[protocol] ?? 80) : Number(port);
}

/** `[{…}]`, or `{"ports": [{…}]}`: the CLI's versions differ in that. */
function listOf(answer: string): readonly { readonly port?: unknown; readonly url?: unknown }[] {
  try {
    const document: unknown = JSON.parse(answer);
    const list = Array.isArray(document) ? document : (document as { ports?: unknown } | null)?.ports;
    return Array.isArray(list) ? list.filter((each) => typeof each === 'object' && each !== null) : [];
  } catch {
    // A sentence for a person instead of JSON: nothing is known to be shared.
    return [];
  }
}
