/** How a tool ended that did not do what it was told. */
export interface ComposeOutcome {
  /** `undefined` where there is no such program. */
  readonly code: number | undefined;
  readonly output: string;
}

const takenPort =
  /(?:driver failed programming external connectivity[^\n]*|Bind for |listen (?:tcp|udp)[46]? )?(?:[\d.]+|\[::\]|listen (?:tcp|udp)[46]? ):(\d+)[^\n]*(?:port is already allocated|address already in use)/i;

/** The port that kept a tool from doing what it was told. */
export function takenPortIn({ output }: ComposeOutcome): number | undefined {
  const port = takenPort.exec(output)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** Rules in the order in which they are tried: what a tool prints, and what that means for a person. The tools' own words come from their releases 1.29 to 2.40 and Podman 4 and 5. */
const rules: readonly { readonly pattern: RegExp; readonly say: (match: RegExpExecArray) => string }[] = [
  {
    pattern: /permission denied[^\n]*(?:docker\.sock|daemon socket|podman\.sock)|PermissionError\(13/i,
    say: () =>
      'Docker is there, and this user may not use it. Add the user to the group "docker" and log in again, or use rootless Docker.',
  },
  {
    pattern:
      /cannot connect to the docker daemon|error during connect|is the docker daemon running|Error while fetching server API version|failed to connect to the docker API|cannot connect to podman/i,
    say: () =>
      'The Docker engine is not running. Start Docker (Docker Desktop, or `sudo systemctl start docker`) and try again.',
  },
  {
    pattern: /unknown (?:shorthand flag|command): (?:'f' in -f|docker compose)|'compose' is not a docker command/i,
    say: () => 'Docker is there without Compose. Install the package `docker-compose-plugin` (or `docker-compose-v2`).',
  },
  {
    pattern: takenPort,
    say: ([, port]) =>
      `Port ${port} is taken by another program or container. End that one (\`docker ps\` lists containers), or publish another port in the compose file.`,
  },
  {
    pattern:
      /(?:dial tcp|lookup|resolve|proxyconnect)[^\n]*(?:no such host|i\/o timeout|network is unreachable|connection refused|temporary failure)|Temporary failure in name resolution/i,
    say: () =>
      'An image has to be fetched, and the registry cannot be reached. Check the network and the proxy, or build the image here.',
  },
  {
    pattern: /(?:pull access denied for|manifest for|failed to resolve reference) "?([^\s",]+)/i,
    say: ([, image]) =>
      `The image ${image} is neither here nor found in its registry. Check its name, or log in to the registry.`,
  },
  {
    pattern: /No such image: (\S+)/i,
    say: ([, image]) => `The image ${image} is not here. Pull it, or rebuild the service.`,
  },
  {
    pattern: /conflict: unable to [^\n]*?container ([0-9a-f]{12,64})/i,
    say: ([, container = '']) =>
      `The image is in use by the container ${container.slice(0, 12)}. Remove that one first (\`docker rm --force ${container.slice(0, 12)}\`); what is in volumes stays.`,
  },
  {
    pattern: /no space left on device/i,
    say: () => 'The disk of the Docker engine is full. `docker system prune` frees what nothing uses.',
  },
  {
    pattern: /read-only file system/i,
    say: () =>
      'A folder that Docker has to write to is read-only. Open the folder from a place that can be written, or take the mount out of the compose file.',
  },
  {
    pattern: /failed to solve|failed to build|executor failed|returned a non-zero code/i,
    say: () => 'Building the image failed. The output of Compose has the step and its error.',
  },
  {
    pattern:
      /validating [^\n]*?: (services\.[^\n]+)|(Unsupported config option[^\n]+)|((?:service|services\.)[^\n]* (?:depends on undefined|refers to undefined|must be|has neither|invalid|undefined)[^\n]*)/i,
    say: ([, v2, v1, other]) =>
      `The compose file is not valid: ${(v2 ?? v1 ?? other ?? '').trim().replace(/\.$/, '')}.`,
  },
  {
    pattern:
      /(?:ParserError|ScannerError)[^]*?in "[^"]+", line (\d+)|yaml: (?:construct errors[^]*?|unmarshal errors[^]*?)?line (\d+)/i,
    say: ([, v1, v2]) => `The compose file is no valid YAML: see line ${v1 ?? v2}.`,
  },
  {
    pattern: /no such service: (\S+)/i,
    say: ([, service]) => `There is no service ${service} in the compose file.`,
  },
  {
    pattern:
      /(?:required variable|variable) "?(\w+)"? is (?:missing a value|not set|required)[^\n]*required|required variable (\w+) is missing/i,
    say: ([, one, two]) =>
      `The compose file needs the variable ${one ?? two}. Set it in the file ".env" beside the compose file.`,
  },
  {
    pattern: /container (\S+) is unhealthy|Container (\S+) Error[^]*dependency failed to start/i,
    say: ([, one, two]) => `${one ?? two} does not become healthy: its health check fails. Its log says why.`,
  },
  {
    pattern: /container for service "([^"]+)" is unhealthy|service "([^"]+)" didn't complete successfully/i,
    say: ([, one, two]) =>
      `The service ${one ?? two} does not become healthy, and others wait for it. Its log says why.`,
  },
  {
    pattern: /container (\S+) exited \((\d+)\)/i,
    say: ([, name, code]) => `${name} ended with exit code ${code}. Its log says why.`,
  },
];

/** One sentence or two: what went wrong and what to do. Falls back to the tool's own last line, which is where these tools put it. */
export function describeComposeFailure({ code, output }: ComposeOutcome): string {
  if (code === undefined) {
    return 'There is no Docker here. Install Docker Desktop, Docker Engine or Podman, or start the backend as a process: the setting "sightline.startWith".';
  }
  for (const { pattern, say } of rules) {
    const match = pattern.exec(output);
    if (match !== null) {
      return say(match);
    }
  }
  const last = output
    .trim()
    .split('\n')
    .findLast((line) => line.trim() !== '' && !/level=warning/.test(line));
  return last === undefined
    ? `Compose ended with exit code ${code} and said nothing.`
    : `Compose said: ${last.trim().slice(0, 300)}`;
}
