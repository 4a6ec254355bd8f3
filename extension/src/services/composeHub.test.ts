import { expect, test } from 'vitest';
import { hubForContainers, type ContainerSurroundings } from './composeHub.ts';

const loopback = {
  xrayUdp: '127.0.0.1:2000',
  xrayTcp: 'http://127.0.0.1:2000',
  otlpHttp: 'http://127.0.0.1:14318',
  otlpGrpc: '127.0.0.1:4317',
  api: 'http://127.0.0.1:4319',
};

function check(around: Partial<ContainerSurroundings>, expected: string): void {
  const seen = hubForContainers({ endpoints: loopback, engine: 'docker', platform: 'linux', ...around });
  const { xrayUdp, otlpHttp, api } = seen.endpoints;
  const facts = [
    seen.addedHost === undefined ? 'known' : 'added',
    seen.isBeyondLoopback ? 'beyond loopback' : 'loopback',
  ];
  expect([xrayUdp, otlpHttp, api, ...facts].join(' ')).toBe(expected);
}

test('an engine on Linux gives containers the gateway of its bridge, where a hub on loopback cannot be reached', () => {
  check(
    {},
    'host.docker.internal:2000 http://host.docker.internal:14318 http://host.docker.internal:4319 added beyond loopback',
  );
});

test('Docker Desktop carries the name to loopback', () => {
  const expected =
    'host.docker.internal:2000 http://host.docker.internal:14318 http://host.docker.internal:4319 known loopback';
  check({ platform: 'darwin' }, expected);
  check({ platform: 'win32' }, expected);
  check({ engineSystem: 'Docker Desktop' }, expected);
});

test('podman has a name of its own', () => {
  check(
    { engine: 'podman' },
    'host.containers.internal:2000 http://host.containers.internal:14318 http://host.containers.internal:4319 known beyond loopback',
  );
});

test('a hub that is a service keeps its name', () => {
  const endpoints = { xrayUdp: 'hub:2000', otlpHttp: 'http://hub:4318', api: 'http://hub:4319' };
  check({ endpoints }, 'hub:2000 http://hub:4318 http://hub:4319 known beyond loopback');
});

test('a hub in this container is called by the name of the container', () => {
  check({ ownContainer: 'f00d' }, 'f00d:2000 http://f00d:14318 http://f00d:4319 known beyond loopback');
});
