import { parse } from 'yaml';

/** What a compose file says, as far as starting its services goes. */
export interface ComposeModel {
  /** The project's name, where the file or the tool says it. */
  readonly name?: string;
  readonly version?: string;
  readonly services: readonly ComposeService[];
}

export interface ComposeService {
  readonly name: string;
  readonly image?: string;
  /** Built from the folder, so the folder's own program. */
  readonly isBuilt: boolean;
  /** Names of variables that the file itself sets. */
  readonly variables: readonly string[];
  /** Those of them that the file gives a value, which may have places that Compose fills in. */
  readonly values: Readonly<Record<string, string>>;
  /** The arguments that follow the image's entry point, as Compose splits them. */
  readonly command: readonly string[];
  readonly dependsOn: readonly string[];
  /** Ports inside the container, with the one on the engine's machine where the file fixes it. */
  readonly ports: readonly { readonly target: number; readonly published?: number; readonly protocol: string }[];
  /** Its container shares the machine's network, or another container's. */
  readonly networkMode?: string;
  /** The health check's command, for a person. */
  readonly healthCheck?: string;
  /** Started only when a profile asks for it. */
  readonly isOptional: boolean;
}

/** A compose file, or what `config` of a tool makes of several. Throws the parser's error, which names line and column, where it is no YAML. */
export function parseComposeModel(text: string): ComposeModel {
  // `merge` for the anchors that compose files share between services.
  const value: unknown = parse(text, { merge: true, logLevel: 'error' });
  if (!isObject(value)) {
    return { services: [] };
  }
  const services = Object.entries(isObject(value['services']) ? value['services'] : {});
  return {
    ...(typeof value['name'] === 'string' && { name: value['name'] }),
    ...((typeof value['version'] === 'string' || typeof value['version'] === 'number') && {
      version: String(value['version']),
    }),
    services: services.map(([name, service]) => serviceOf(name, isObject(service) ? service : {})),
  };
}

/** The names that compose looks for, in its order, then those of a dev container. */
export const composeFileNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'] as const;

/** The files that compose reads in a folder without `-f`: the first of its names, and the override of the same name. `undefined` where there is none. */
export function composeFilesIn(names: readonly string[]): readonly string[] | undefined {
  const main = composeFileNames.find((name) => names.includes(name));
  if (main === undefined) {
    return undefined;
  }
  const stem = main.replace(/\.ya?ml$/, '');
  const override = [`${stem}.override.yaml`, `${stem}.override.yml`].find((name) => names.includes(name));
  return override === undefined ? [main] : [main, override];
}

/** These services and all that they depend on; all that are not optional for an empty list. */
export function withDependencies(model: ComposeModel, names: readonly string[]): readonly string[] {
  const wanted = new Set(
    names.length > 0 ? names : model.services.filter((each) => !each.isOptional).map((each) => each.name),
  );
  for (const name of wanted) {
    model.services.find((service) => service.name === name)?.dependsOn.forEach((other) => wanted.add(other));
  }
  return [...wanted];
}

/** The service that is the AWS X-Ray daemon: by its name, else by its image, else by the port that it alone is known for. */
export function xrayDaemonIn({ services }: ComposeModel): ComposeService | undefined {
  return (
    services.find(({ name }) => name === 'xray-daemon') ??
    services.find(({ image }) => /(?:^|\/)aws-xray-daemon(?:[:@]|$)/.test(image ?? '')) ??
    services.find(({ ports }) => ports.some(({ target, protocol }) => target === xrayPort && protocol === 'udp'))
  );
}

/** Where the daemon listens in its container, for UDP and TCP. */
export const xrayPort = 2000;

function serviceOf(name: string, value: JsonObject): ComposeService {
  const check = isObject(value['healthcheck']) ? healthCheckOf(value['healthcheck']['test']) : undefined;
  return {
    name,
    isBuilt: value['build'] !== undefined && value['build'] !== null,
    variables: namesOf(value['environment']),
    values: valuesOf(value['environment']),
    command: wordsOf(value['command']),
    dependsOn: Array.isArray(value['depends_on'])
      ? value['depends_on'].map(String)
      : Object.keys(isObject(value['depends_on']) ? value['depends_on'] : {}),
    ports: (Array.isArray(value['ports']) ? value['ports'] : []).flatMap((port) => portOf(port) ?? []),
    isOptional: Array.isArray(value['profiles']) && value['profiles'].length > 0,
    ...(typeof value['image'] === 'string' && { image: value['image'] }),
    ...(typeof value['network_mode'] === 'string' && { networkMode: value['network_mode'] }),
    ...(check !== undefined && { healthCheck: check }),
  };
}

function healthCheckOf(test: unknown): string | undefined {
  if (typeof test === 'string') {
    return test;
  }
  const words = Array.isArray(test) ? test.map(String) : [];
  return words.length < 2 ? undefined : words.slice(1).join(' ');
}

/** `NAME=value` and bare names in a list, or the keys of a map. */
function namesOf(environment: unknown): readonly string[] {
  return Array.isArray(environment)
    ? environment.map((entry) => String(entry).split('=')[0] ?? '')
    : Object.keys(isObject(environment) ? environment : {});
}

function valuesOf(environment: unknown): Readonly<Record<string, string>> {
  const entries: readonly (readonly [string, unknown])[] = Array.isArray(environment)
    ? environment.map((entry) => [String(entry).split('=')[0] ?? '', /=([^]*)/.exec(String(entry))?.[1]])
    : Object.entries(isObject(environment) ? environment : {});
  const given = entries.filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value));
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

/** Compose splits a text as a shell would, and takes a list as it is. */
function wordsOf(command: unknown): readonly string[] {
  if (typeof command === 'string') {
    return command.match(/"[^"]*"|'[^']*'|\S+/g)?.map((word) => word.replaceAll(/^["']|["']$/g, '')) ?? [];
  }
  return Array.isArray(command) ? command.map(String) : [];
}

/** `3000`, `"8080:80"`, `"127.0.0.1:2000:2000/udp"`, `"${PORT:-2000}:2000/udp"`, or the long form. A range is not followed. */
function portOf(value: unknown): ComposeService['ports'][number] | undefined {
  if (isObject(value)) {
    const published = Number(value['published']);
    return {
      target: Number(value['target']),
      protocol: typeof value['protocol'] === 'string' ? value['protocol'] : 'tcp',
      ...(published > 0 && { published }),
    };
  }
  const [, published, target, protocol = 'tcp'] =
    /^(?:(?:.*:)?([^:]*|\$\{[^}]*\}):)?(\d+)(?:\/(tcp|udp))?$/.exec(String(value)) ?? [];
  return target === undefined
    ? undefined
    : { target: Number(target), protocol, ...(Number(published) > 0 && { published: Number(published) }) };
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
