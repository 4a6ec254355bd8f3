import type { Endpoints } from '@sightline/hub/client/api';

/** What decides how a container reaches the hub. */
export interface ContainerSurroundings {
  readonly endpoints: Endpoints;
  readonly engine: 'docker' | 'podman';
  readonly platform: NodeJS.Platform;
  /** Of the engine, as `docker info` says: `Docker Desktop`, `Debian GNU/Linux 12`. */
  readonly engineSystem?: string;
  /** This program's own container, where it runs in one: its name on the containers' network. */
  readonly ownContainer?: string;
}

/** The hub as containers see it. */
export interface HubForContainers {
  /** What stands in the addresses that containers get. */
  readonly host: string;
  readonly endpoints: Endpoints;
  /** A name that has to be made known to containers by `extra_hosts`. */
  readonly addedHost?: string;
  /** Whether a hub that listens on loopback alone is out of their reach. */
  readonly isBeyondLoopback: boolean;
}

/** Names by which containers call, which a hub beyond loopback has to allow. */
export const containerHostNames = ['host.docker.internal', 'host.containers.internal'] as const;

/**
 * A container's own 127.0.0.1 is not this machine's. A hub that has a name already (a compose service) keeps it; Docker Desktop carries `host.docker.internal` to this
 * machine's loopback; an engine on Linux gives containers the bridge's gateway, where the hub has to listen.
 */
export function hubForContainers(around: ContainerSurroundings): HubForContainers {
  const { endpoints, engine, platform, engineSystem = '', ownContainer } = around;
  const hubHost = new URL(endpoints.api).hostname;
  if (!isLoopback(hubHost)) {
    return { host: hubHost, endpoints, isBeyondLoopback: true };
  }
  if (ownContainer !== undefined) {
    return { host: ownContainer, endpoints: withHost(endpoints, ownContainer), isBeyondLoopback: true };
  }
  const isDesktop = platform !== 'linux' || /docker desktop|orbstack/i.test(engineSystem);
  if (engine === 'podman') {
    const host = 'host.containers.internal';
    return { host, endpoints: withHost(endpoints, host), isBeyondLoopback: !isDesktop };
  }
  const host = 'host.docker.internal';
  const mapped = { host, endpoints: withHost(endpoints, host), isBeyondLoopback: !isDesktop };
  return isDesktop ? mapped : { ...mapped, addedHost: host };
}

function withHost(endpoints: Endpoints, host: string): Endpoints {
  const moved = Object.entries(endpoints).map(([key, value]: [string, string]) => [
    key,
    value.replace(/(^|\/\/)(?:127(?:\.\d+){3}|localhost|\[::1\])(?=:|$)/, `$1${host}`),
  ]);
  return Object.fromEntries(moved);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host);
}
