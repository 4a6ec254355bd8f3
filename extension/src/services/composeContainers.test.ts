import { assert, json, oneof, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { isChange, parseContainers, parseIds } from './composeContainers.ts';

/** `service state health exitCode published>target/protocol`, a line a container. */
function check(printed: string, expected: string): void {
  const lines = parseContainers(printed).map(({ service, state, health, exitCode, ports }) =>
    [service, state, health, exitCode, ...ports.map((p) => `${p.published}>${p.target}/${p.protocol}`)].join(' '),
  );
  expect(lines.join('\n')).toBe(expected);
}

const web =
  '{"Command":"\\"sh\\"","ExitCode":0,"Health":"healthy","ID":"9","Image":"a","Labels":"com.docker.compose.service=web,x=y","Name":"x-web-1","Publishers":[{"URL":"0.0.0.0","TargetPort":3000,"PublishedPort":3000,"Protocol":"tcp"},{"URL":"::","TargetPort":3000,"PublishedPort":3000,"Protocol":"tcp"},{"URL":"","TargetPort":9,"PublishedPort":0,"Protocol":"tcp"}],"Service":"web","State":"running","Status":"Up 3 seconds (healthy)"}';
const db = '{"ExitCode":137,"Health":"","Name":"x-db-1","Publishers":null,"Service":"db","State":"exited"}';

test('compose 2.21 and later print an object a line, earlier ones an array', () => {
  const expected = 'db exited none 137\nweb running healthy 0 3000>3000/tcp';
  check(`${web}\n${db}\n`, expected);
  check(`[${web},${db}]\n`, expected);
});

test('a warning among the lines costs only itself', () => {
  check(`time="2026" level=warning msg="obsolete"\n${db}\n`, 'db exited none 137');
});

test('for v1 the engine is asked', () => {
  check(
    JSON.stringify([
      {
        Name: '/x_web_1',
        State: { Status: 'running', ExitCode: 0, Health: { Status: 'starting' } },
        Config: { Labels: { 'com.docker.compose.service': 'web' } },
        NetworkSettings: { Ports: { '2000/udp': [{ HostIp: '0.0.0.0', HostPort: '2000' }], '9/tcp': null } },
      },
    ]),
    'web running starting 0 2000>2000/udp',
  );
  expect(parseIds('0123456789abcdef\nWARNING: x\n')).toEqual(['0123456789abcdef']);
});

test('podman tells health in its status and the service in a label', () => {
  check(
    JSON.stringify([
      {
        Names: ['x_web_1'],
        State: 'running',
        Status: 'Up 2 minutes (unhealthy)',
        ExitCode: 0,
        Ports: [{ host_ip: '', container_port: 80, host_port: 8080, range: 1, protocol: 'tcp' }],
        Labels: { 'com.docker.compose.service': 'web' },
      },
      { Names: ['other'], State: 'running', Labels: null },
    ]),
    'web running unhealthy 0 8080>80/tcp',
  );
});

test('nothing that is printed makes it throw', () => {
  assert(
    property(oneof(string(), json()), (text) => {
      parseContainers(text);
      expect(typeof isChange(text)).toBe('boolean');
    }),
  );
});

const event = (Action: string): string => JSON.stringify({ status: Action, Type: 'container', Action, time: 1 });

test('a health check is no change, and many', () => {
  expect(['start', 'die', 'health_status: healthy', 'exec_start: sh', 'top'].filter((a) => isChange(event(a)))).toEqual(
    ['start', 'die', 'health_status: healthy'],
  );
  const podman = ['died', 'exec'].map((Status) => JSON.stringify({ Name: 'shop_web_1', Status, Type: 'container' }));
  expect(podman.map(isChange)).toEqual([true, false]);
});
