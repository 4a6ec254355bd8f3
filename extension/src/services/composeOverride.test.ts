import { parse } from 'yaml';
import { expect, test } from 'vitest';
import { composeFilesIn, parseComposeModel, withDependencies, xrayDaemonIn } from './composeFile.ts';
import { renderComposeOverride, servicesToInstrument } from './composeOverride.ts';

const model = parseComposeModel(`
name: shop
version: "2.4"
x-common: &common
  environment: { LOG: debug }
services:
  web:
    <<: *common
    build: .
    depends_on: { db: { condition: service_healthy } }
    ports: ["127.0.0.1:3000:3000", 9229, "2000:2000/udp"]
  "it's \\"odd\\"":
    build: .
    environment: [OTEL_SERVICE_NAME=odd, EMPTY]
    network_mode: host
    depends_on: [web]
  db:
    image: postgres
    healthcheck: { test: [CMD-SHELL, pg_isready -U me] }
  daemon: { image: "public.ecr.aws/xray/aws-xray-daemon:latest" }
  tools: { image: a, profiles: [tools] }
`);

test('a file tells its services, their ports, variables and what they wait for', () => {
  const lines = model.services.map(({ name, isBuilt, variables, ports, dependsOn, healthCheck }) =>
    [
      name,
      isBuilt ? 'built' : 'image',
      ports.map((port) => `${port.published ?? ''}>${port.target}/${port.protocol}`),
      variables,
      dependsOn,
      healthCheck ?? '',
    ].join(' | '),
  );
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "web | built | 3000>3000/tcp,>9229/tcp,2000>2000/udp | LOG | db | 
    it's "odd" | built |  | OTEL_SERVICE_NAME,EMPTY | web | 
    db | image |  |  |  | pg_isready -U me
    daemon | image |  |  |  | 
    tools | image |  |  |  | "
  `);
});

test('an odd service waits for what it depends on, and that for what it does', () => {
  expect(withDependencies(model, [`it's "odd"`])).toEqual([`it's "odd"`, 'web', 'db']);
  expect(withDependencies(model, [])).not.toContain('tools');
});

test('the daemon is known by its image where its name is another', () => {
  expect(xrayDaemonIn(model)?.name).toBe('daemon');
});

test('compose reads the override of the same name beside the first file that it finds', () => {
  expect(composeFilesIn(['docker-compose.yml', 'docker-compose.override.yml', 'compose.yml'])).toEqual(['compose.yml']);
  expect(composeFilesIn(['docker-compose.yml', 'docker-compose.override.yml'])).toEqual([
    'docker-compose.yml',
    'docker-compose.override.yml',
  ]);
  expect(composeFilesIn(['Dockerfile'])).toBeUndefined();
});

test('the override adds what the file does not set itself, and hosts only where there is a network of its own', () => {
  const added = { OTEL_SERVICE_NAME: 'backend', A: `it's $5 "x": #` };
  const text = renderComposeOverride({
    model,
    environment: { web: added, [`it's "odd"`]: added },
    hostName: 'host.docker.internal',
    isVersionNeeded: true,
  });
  expect(text).toMatchInlineSnapshot(`
    "# Made by Sightline at each start: points the services of this project at the hub. Changes here are lost.
    version: "2.4"
    services:
      "web":
        environment:
          OTEL_SERVICE_NAME: "backend"
          A: "it's $$5 \\"x\\": #"
        extra_hosts:
          - "host.docker.internal:host-gateway"
      "it's \\"odd\\"":
        environment:
          A: "it's $$5 \\"x\\": #"
    "
  `);
  expect(Object.keys((parse(text) as { services: object }).services)).toEqual(['web', `it's "odd"`]);
});

test('nothing to add is still a file that compose takes', () => {
  expect(renderComposeOverride({ model, environment: {}, isVersionNeeded: false })).toContain('services: {}');
});

test('given the environment is what is built here and what a person named', () => {
  expect(servicesToInstrument(model, undefined, ['daemon'])).toEqual(['web', `it's "odd"`, 'daemon']);
  expect(servicesToInstrument(model, ['db'], ['daemon'])).toEqual(['db']);
});
