import { expect, test } from 'vitest';
import type { ComposeContainer } from './composeContainers.ts';
import { parseComposeModel } from './composeFile.ts';
import { composeRow, type ComposeSnapshot } from './composeRows.ts';
import type { ComposeTool } from './composeTool.ts';
import { renderServices } from './servicesTree.ts';

const model = parseComposeModel('services: { web: { build: . }, db: { image: postgres }, seed: { image: seed } }');
const tool: ComposeTool = {
  kind: 'v2',
  program: 'docker',
  prefix: ['compose'],
  version: '2.40.3',
  engine: 'docker',
  isPodman: false,
};

function check(snapshot: Partial<ComposeSnapshot>, expected: string): void {
  const row = composeRow({
    state: { kind: 'known', model, tool, containers: [] },
    label: 'compose.yaml',
    work: () => undefined,
    failure: () => undefined,
    stale: new Set(),
    isInContainer: false,
    ...snapshot,
  });
  expect(`\n${row === undefined ? '' : renderServices([row])}`).toBe(expected);
}

function container(service: string, what: Partial<ComposeContainer> = {}): ComposeContainer {
  return { service, name: `shop-${service}-1`, state: 'running', health: 'none', exitCode: 0, ports: [], ...what };
}

test('each service says what the engine says of it', () => {
  const containers = [
    container('web', { health: 'healthy', ports: [{ published: 3000, target: 3000, protocol: 'tcp' }] }),
    container('db', { state: 'restarting', exitCode: 1 }),
    container('seed', { state: 'exited' }),
  ];
  check(
    { state: { kind: 'known', model, tool, containers } },
    `
Compose  compose.yaml · 1 of 3 running
  web  healthy · :3000
  db  ended with exit code 1 · restarting
  seed  stopped
`,
  );
});

test('a service that runs and cannot reach the hub says why', () => {
  const wrong = parseComposeModel(
    'services: { web: { image: web, environment: { AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:2000" } } }',
  );
  check(
    { state: { kind: 'known', model: wrong, tool, containers: [container('web')] } },
    `
Compose  compose.yaml · 1 of 1 running
  web  running · AWS_XRAY_DAEMON_ADDRESS is 127.0.0.1:2000, and 127.0.0.1 in a container is the container itself.
`,
  );
});

test('what is under way, what failed and what has an old environment says so', () => {
  check(
    {
      state: { kind: 'known', model, tool, containers: [container('web')] },
      work: (name) => (name === 'db' ? 'rebuilding' : undefined),
      failure: (name) => (name === 'seed' ? 'The service seed ended with exit code 3 at once.' : undefined),
      stale: new Set(['web']),
    },
    `
Compose  compose.yaml · 1 of 3 running
  web  environment changed: restart · running
  db  rebuilding
  seed  The service seed ended with exit code 3 at once.
`,
  );
});

test('without an engine, those that answer are known all the same, and nothing offers to restart them', () => {
  const state = { kind: 'unavailable', message: 'There is no Docker here.', model, answering: ['db'] } as const;
  check(
    { state, isInContainer: true },
    `
Compose  compose.yaml · There is no Docker here.
  web  not known
  db  answers
  seed  not known
`,
  );
  const row = composeRow({
    state,
    label: '',
    work: () => undefined,
    failure: () => undefined,
    stale: new Set(),
    isInContainer: true,
  });
  expect(row?.tooltip).toContain('cannot be started or stopped from here');
  expect(row?.children.map(({ context }) => context)).toEqual(['composeService', 'composeService', 'composeService']);
});

test('no file, no row', () => {
  check({ state: { kind: 'none' } }, '\n');
});
