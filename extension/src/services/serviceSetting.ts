/** What is started as a backend or database. */
export type ServiceDefinition =
  | ProcessDefinition
  /** A script of the folder's package.json. */
  | { readonly kind: 'script'; readonly name: string }
  /** A task or a launch configuration of the folder, by its label or name. */
  | { readonly kind: 'task' | 'launch'; readonly name: string }
  /** A service of the folder's compose file, where `*` is all of them. */
  | ComposeDefinition
  /** Whatever has the name: a script, else a task, else a launch configuration. */
  | { readonly kind: 'named'; readonly name: string };

export interface ComposeDefinition {
  readonly kind: 'compose';
  readonly name: string;
}

export interface ProcessDefinition {
  readonly kind: 'process';
  readonly command: string;
  readonly args: readonly string[];
  /** Relative to the folder. */
  readonly cwd?: string;
  /** `null` takes a variable away. */
  readonly env: Readonly<Record<string, string | null>>;
  readonly port?: number;
  readonly url?: string;
}

/** What a setting says: nothing, something to start, or something that cannot be understood, with a sentence that says why. */
export type ServiceSetting =
  | { readonly kind: 'none' }
  | { readonly kind: 'given'; readonly definition: ServiceDefinition }
  | { readonly kind: 'wrong'; readonly message: string };

/** Reads the value of `sightline.backend` or `sightline.database` as a person wrote it. */
export function parseServiceSetting(key: string, value: unknown): ServiceSetting {
  if (value === undefined || value === null || value === '') {
    return { kind: 'none' };
  }
  if (typeof value === 'string') {
    return { kind: 'given', definition: parseName(value) };
  }
  if (typeof value !== 'object' || Array.isArray(value)) {
    return wrong(key, 'is neither an object with a "command" nor the name of a script, task or launch');
  }
  // The editor merges the objects of several settings files: one may add variables for folders that name a program themselves.
  const isAddition = !('command' in value) && !('args' in value);
  return isAddition ? { kind: 'none' } : parseProcess(key, { ...value });
}

/** The definition behind `npm: dev`, `task: serve`, `launch: Server`, `compose: web` or a bare name. */
export function parseName(text: string): ServiceDefinition {
  const [, prefix, rest] = /^(npm|script|task|launch|compose):\s*(.+)$/.exec(text) ?? [];
  if (prefix === undefined || rest === undefined) {
    return { kind: 'named', name: text.trim() };
  }
  return {
    kind: prefix === 'npm' || prefix === 'script' ? 'script' : (prefix as 'task' | 'launch' | 'compose'),
    name: rest.trim(),
  };
}

/** What a person calls it: `npm: dev`, `node server.js`. */
export function describeDefinition(definition: ServiceDefinition): string {
  switch (definition.kind) {
    case 'process':
      return [definition.command, ...definition.args].join(' ');
    case 'script':
      return `npm: ${definition.name}`;
    case 'task':
    case 'launch':
    case 'compose':
      return `${definition.kind}: ${definition.name}`;
    case 'named':
      return definition.name;
  }
}

/** Puts in what the editor puts into its own settings: `${workspaceFolder}` and `${env:NAME}`. */
export function withVariables(
  definition: ProcessDefinition,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): ProcessDefinition {
  const fill = (text: string): string =>
    text.replaceAll('${workspaceFolder}', folder).replaceAll(/\$\{env:(\w+)\}/g, (_, name: string) => env[name] ?? '');
  const filled = Object.entries(definition.env).map(
    ([name, value]) => [name, value === null ? null : fill(value)] as const,
  );
  return {
    ...definition,
    command: fill(definition.command),
    args: definition.args.map(fill),
    env: Object.fromEntries(filled),
    ...(definition.cwd !== undefined && { cwd: fill(definition.cwd) }),
    ...(definition.url !== undefined && { url: fill(definition.url) }),
  };
}

function parseProcess(key: string, value: Record<string, unknown>): ServiceSetting {
  const { command, args = [], cwd, env = {}, port, url } = value;
  if (typeof command !== 'string' || command.trim() === '') {
    return wrong(key, 'names no "command"');
  }
  if (!Array.isArray(args) || !args.every((arg) => typeof arg === 'string')) {
    return wrong(key, 'has "args" that are not a list of texts');
  }
  if (!isEnvironment(env)) {
    return wrong(key, 'has an "env" that is not an object of texts');
  }
  if (port !== undefined && !isPort(port)) {
    return wrong(key, 'has a "port" that is not a number from 1 to 65535');
  }
  if (!isOptionalText(cwd) || !isOptionalText(url)) {
    return wrong(key, 'has a "cwd" or "url" that is not a text');
  }
  const optional = {
    ...(cwd !== undefined && { cwd }),
    ...(port !== undefined && { port }),
    ...(url !== undefined && { url }),
  };
  return { kind: 'given', definition: { kind: 'process', command, args, env, ...optional } };
}

function wrong(key: string, what: string): ServiceSetting {
  return { kind: 'wrong', message: `The setting "${key}" ${what}.` };
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_535;
}

function isEnvironment(value: unknown): value is Record<string, string | null> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => text === null || typeof text === 'string')
  );
}

/** Where a program will listen: a `PORT` in its environment is what it is told, so it wins over `port`, which may come from another settings file. */
export function portOf({ env, port }: ProcessDefinition): number | undefined {
  const told = Number(env['PORT']);
  return isPort(told) ? told : port;
}
