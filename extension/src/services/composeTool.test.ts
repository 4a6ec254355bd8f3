import { expect, test } from 'vitest';
import {
  composeCommandLine,
  parseTool,
  versionQuestions,
  type ComposeTarget,
  type ComposeVerb,
} from './composeTool.ts';

const files: ComposeTarget = {
  kind: 'files',
  folder: `/home/me/it's "mine"`,
  files: [`/home/me/it's "mine"/compose.yaml`],
  override: '/storage/o.yaml',
};

/** The words of each tool's command line for one thing to do, a line a tool. */
function check(verb: ComposeVerb, target: ComposeTarget, expected: string): void {
  const answers = [
    ['docker compose', '2.40.3'],
    ['docker-compose', '1.29.2'],
    ['docker-compose', 'v2.6.0'],
    ['podman compose', 'podman-compose version 1.0.6'],
  ] as const;
  const lines = answers.map(([name, answer]) => {
    const [question = { program: '', args: [] }] = versionQuestions(name);
    const tool = parseTool(question, answer);
    if (tool === undefined) {
      return `${name}: none`;
    }
    const { program, args } = composeCommandLine(tool, target, verb);
    return `${tool.kind}: ${[program, ...args].join('|')}`;
  });
  expect(`\n${lines.join('\n')}\n`).toBe(expected.replaceAll(/\n +/g, '\n'));
}

test('what makes containers is given the override behind the file, and names are one argument each, whatever is in them', () => {
  check(
    { verb: 'up', services: ['web'] },
    files,
    `
    v2: docker|compose|-f|/home/me/it's "mine"/compose.yaml|-f|/storage/o.yaml|up|--detach|web
    v1: docker-compose|-f|/home/me/it's "mine"/compose.yaml|-f|/storage/o.yaml|up|--detach|web
    v2: docker-compose|-f|/home/me/it's "mine"/compose.yaml|-f|/storage/o.yaml|up|--detach|web
    podman: podman|compose|-f|/home/me/it's "mine"/compose.yaml|-f|/storage/o.yaml|up|--detach|web
    `,
  );
});

test('states are asked of each tool as it can tell them', () => {
  check(
    { verb: 'ps' },
    { kind: 'project', name: 'shop' },
    `
    v2: docker|compose|-p|shop|ps|--all|--format|json
    v1: docker-compose|-p|shop|ps|--all|--quiet
    v2: docker-compose|-p|shop|ps|--all|--format|json
    podman: podman|ps|--all|--filter|label=com.docker.compose.project=shop|--format|json
    `,
  );
});

test('events are asked of the engine, from a moment on', () => {
  const docker =
    'docker|events|--since|1790000000|--filter|type=container|--filter|label=com.docker.compose.project=shop|--format|{{json .}}';
  check(
    { verb: 'events', since: 1_790_000_000 },
    { kind: 'project', name: 'shop' },
    `
    v2: ${docker}
    v1: ${docker}
    v2: ${docker}
    podman: ${docker.replace('docker', 'podman').replace('{{json .}}', 'json')}
    `,
  );
});

test('a rebuild leaves what the service depends on as it is', () => {
  check(
    { verb: 'up', services: ['web'], isAlone: true, isRebuilt: true, isRecreated: true },
    { kind: 'project', name: 'shop' },
    `
    v2: docker|compose|-p|shop|up|--detach|--build|--no-deps|--force-recreate|web
    v1: docker-compose|-p|shop|up|--detach|--build|--no-deps|--force-recreate|web
    v2: docker-compose|-p|shop|up|--detach|--build|--no-deps|--force-recreate|web
    podman: podman|compose|-p|shop|up|--detach|--build|--no-deps|--force-recreate|web
    `,
  );
});

test('logs come without the name of the service before each line where the tool can leave it out', () => {
  check(
    { verb: 'logs', service: 'web', tail: 10, isFollowed: true },
    { kind: 'project', name: 'shop' },
    `
    v2: docker|compose|-p|shop|logs|--follow|--no-log-prefix|--tail|10|web
    v1: docker-compose|-p|shop|logs|--follow|--no-log-prefix|--tail|10|web
    v2: docker-compose|-p|shop|logs|--follow|--no-log-prefix|--tail|10|web
    podman: podman|compose|-p|shop|logs|--follow|--tail|10|web
    `,
  );
});

test('an answer without a version is no tool', () => {
  const [question = { program: '', args: [] }] = versionQuestions(undefined);
  expect(parseTool(question, 'docker: unknown command: docker compose')).toBeUndefined();
});
