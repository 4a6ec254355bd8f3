/** A program that runs compose files. `v1` is the Python `docker-compose`; a `docker-compose` that says 2 or later speaks as `docker compose` does. */
export interface ComposeTool {
  readonly kind: ComposeKind;
  readonly program: string;
  /** What comes before every argument: `compose` of `docker compose`. */
  readonly prefix: readonly string[];
  readonly version: string;
  /** The engine's own program, for what compose cannot be asked. */
  readonly engine: 'docker' | 'podman';
  /** Whether Podman answers, also where it is called by Docker's program through its socket. */
  readonly isPodman: boolean;
}

export type ComposeKind = 'v2' | 'v1' | 'podman';

/** What the setting `sightline.compose.command` may say. */
export const composeCommands = ['docker compose', 'docker-compose', 'podman compose'] as const;
export type ComposeCommandName = (typeof composeCommands)[number];

/** What is started: files, with an override of ours behind them, or the containers of a project whose files are elsewhere. */
export type ComposeTarget =
  | { readonly kind: 'files'; readonly files: readonly string[]; readonly folder: string; readonly override?: string }
  | { readonly kind: 'project'; readonly name: string };

export type ComposeVerb =
  | { readonly verb: 'config' }
  /** What has happened to containers since a second of the epoch, and what happens from now on. */
  | { readonly verb: 'events'; readonly since: number }
  | { readonly verb: 'ps' }
  | {
      readonly verb: 'up';
      /** None are all. */
      readonly services: readonly string[];
      /** Leaves what they depend on as it is. */
      readonly isAlone?: boolean;
      readonly isRebuilt?: boolean;
      /** A new container even where nothing changed. */
      readonly isRecreated?: boolean;
    }
  | { readonly verb: 'start' | 'stop' | 'restart' | 'remove'; readonly services: readonly string[] }
  | { readonly verb: 'down' }
  | { readonly verb: 'logs'; readonly service: string; readonly tail: number; readonly isFollowed: boolean };

/** A program and its arguments, for a process without a shell: nothing in a name or path needs quotes. */
export interface ComposeCommandLine {
  readonly program: string;
  readonly args: readonly string[];
}

/** How to ask for the version of each tool, in the order of preference. */
export function versionQuestions(wanted: ComposeCommandName | undefined): readonly ComposeCommandLine[] {
  return (wanted === undefined ? composeCommands : [wanted]).map((name) => {
    const [program = name, ...prefix] = name.split(' ');
    // Podman's `compose` hands `version --short` on to a provider that may know no `--short`.
    return { program, args: [...prefix, 'version', ...(program === 'podman' ? [] : ['--short'])] };
  });
}

/** The tool behind an answer to one of `versionQuestions`; `undefined` where it is no version. */
export function parseTool({ program, args }: ComposeCommandLine, answer: string): ComposeTool | undefined {
  const version = /\bv?(\d+\.\d+(?:\.\d+)?[\w.+-]*)/.exec(answer)?.[1];
  if (version === undefined) {
    return undefined;
  }
  const prefix = args.slice(0, args.indexOf('version'));
  if (program === 'podman') {
    return { kind: 'podman', program, prefix, version, engine: 'podman', isPodman: true };
  }
  const kind = version.startsWith('1.') ? 'v1' : 'v2';
  return { kind, program, prefix, version, engine: 'docker', isPodman: false };
}

/** How to ask who answers Docker's program. Podman says `Podman Engine`. */
export const engineQuestion: ComposeCommandLine = {
  program: 'docker',
  args: ['version', '--format', '{{range .Server.Components}}{{.Name}} {{end}}'],
};

/** What a person calls it: `docker compose 2.40.3`. */
export function describeTool({ program, prefix, version, isPodman }: ComposeTool): string {
  const name = [program, ...prefix, version].join(' ');
  return isPodman && program !== 'podman' ? `${name} on Podman` : name;
}

/**
 * The command line for one thing to do. Podman's states are asked of its engine, since its providers print different ones; so are all events, since compose cannot be
 * asked for those that came before it had begun to listen.
 */
export function composeCommandLine(tool: ComposeTool, target: ComposeTarget, verb: ComposeVerb): ComposeCommandLine {
  if (verb.verb === 'ps' && tool.kind === 'podman') {
    const args = ['ps', '--all', '--filter', `label=${labelOf(target)}`, '--format', 'json'];
    return { program: tool.engine, args };
  }
  if (verb.verb === 'events') {
    const filters = ['--filter', 'type=container', '--filter', `label=${labelOf(target)}`];
    const format = tool.engine === 'podman' ? 'json' : '{{json .}}';
    return {
      program: tool.engine,
      args: ['events', '--since', String(verb.since), ...filters, '--format', format],
    };
  }
  return {
    program: tool.program,
    args: [...tool.prefix, ...targetArguments(target, verb), ...verbArguments(tool, verb)],
  };
}

/** For v1, whose `ps` prints ids alone: what the engine knows of these containers. */
export function inspectCommandLine(tool: ComposeTool, ids: readonly string[]): ComposeCommandLine {
  return { program: tool.engine, args: ['inspect', ...ids] };
}

/** What these programs run with: plain text at once, no questions. */
export const composeEnvironment: Readonly<Record<string, string>> = {
  COMPOSE_ANSI: 'never',
  COMPOSE_PROGRESS: 'plain',
  COMPOSE_MENU: 'false',
  DOCKER_CLI_HINTS: 'false',
  // The Python compose keeps lines back where nobody types.
  PYTHONUNBUFFERED: '1',
  // Otherwise the other containers of a file that we start in part are called orphans, on every call.
  COMPOSE_IGNORE_ORPHANS: 'true',
};

function labelOf(target: ComposeTarget): string {
  return target.kind === 'project'
    ? `com.docker.compose.project=${target.name}`
    : `com.docker.compose.project.working_dir=${target.folder}`;
}

function targetArguments(target: ComposeTarget, { verb }: ComposeVerb): string[] {
  if (target.kind === 'project') {
    return ['-p', target.name];
  }
  // The override says what containers are made of; the rest finds the containers that there are, override or none.
  const override = target.override !== undefined && (verb === 'up' || verb === 'config') ? [target.override] : [];
  return [...target.files, ...override].flatMap((file) => ['-f', file]);
}

function verbArguments({ kind }: ComposeTool, verb: Exclude<ComposeVerb, { verb: 'events' }>): string[] {
  switch (verb.verb) {
    case 'config':
      return ['config'];
    case 'down':
      return ['down'];
    case 'ps':
      return kind === 'v1' ? ['ps', '--all', '--quiet'] : ['ps', '--all', '--format', 'json'];
    case 'up':
      return [
        'up',
        '--detach',
        ...(verb.isRebuilt === true ? ['--build'] : []),
        ...(verb.isAlone === true ? ['--no-deps'] : []),
        ...(verb.isRecreated === true ? ['--force-recreate'] : []),
        ...verb.services,
      ];
    case 'start':
    case 'stop':
    case 'restart':
      return [verb.verb, ...verb.services];
    case 'remove':
      return ['rm', '--stop', '--force', ...verb.services];
    case 'logs':
      return [
        'logs',
        ...(verb.isFollowed ? ['--follow'] : []),
        ...(kind === 'podman' ? [] : ['--no-log-prefix']),
        '--tail',
        String(verb.tail),
        verb.service,
      ];
  }
}
