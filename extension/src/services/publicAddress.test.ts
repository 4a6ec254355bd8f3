import { expect, test } from 'vitest';
import { isOna, portForwarderOf, publicVariablesOf, sharedPortsOf, type SharedPorts } from './publicAddress.ts';

const local = { frontendUrl: 'http://127.0.0.1:3000', backendUrl: 'http://127.0.0.1:4567' };

/** The variables of the sample on a machine with this environment, a line each. */
function check(env: Record<string, string>, expected: string, sharedPorts?: SharedPorts): void {
  const variables = publicVariablesOf(local, portForwarderOf(env, sharedPorts));
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  expect(lines.join('\n')).toBe(expected);
}

const here = `BACKEND_URL=http://127.0.0.1:4567
AWS_XRAY_URL=*127.0.0.1:4567*
FRONTEND_URL=http://127.0.0.1:3000`;

test('Gitpod puts the port before the workspace', () => {
  check(
    { GITPOD_WORKSPACE_ID: 'sightline-abc123', GITPOD_WORKSPACE_CLUSTER_HOST: 'ws-eu116.gitpod.io' },
    `BACKEND_URL=https://4567-sightline-abc123.ws-eu116.gitpod.io
AWS_XRAY_URL=*4567-sightline-abc123.ws-eu116.gitpod.io*
FRONTEND_URL=https://3000-sightline-abc123.ws-eu116.gitpod.io`,
  );
});

test('Codespaces puts the port behind the name', () => {
  check(
    {
      CODESPACES: 'true',
      CODESPACE_NAME: 'octo-disco-x7',
      GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN: 'preview.example',
    },
    `BACKEND_URL=https://octo-disco-x7-4567.preview.example
AWS_XRAY_URL=*octo-disco-x7-4567.preview.example*
FRONTEND_URL=https://octo-disco-x7-3000.preview.example`,
  );
});

test("a codespace that does not say its domain has GitHub's", () => {
  check(
    { CODESPACE_NAME: 'octo' },
    `BACKEND_URL=https://octo-4567.app.github.dev
AWS_XRAY_URL=*octo-4567.app.github.dev*
FRONTEND_URL=https://octo-3000.app.github.dev`,
  );
});

test("Ona's addresses are those that its CLI tells", () => {
  const answer = JSON.stringify([
    { port: 3000, name: 'page', url: 'https://3000--019e.eu-central-1-01.gitpod.dev/' },
    { port: 4567, name: 'backend', url: 'https://4567--019e.eu-central-1-01.gitpod.dev' },
  ]);
  check(
    { GITPOD_ENVIRONMENT_ID: '019e' },
    `BACKEND_URL=https://4567--019e.eu-central-1-01.gitpod.dev
AWS_XRAY_URL=*4567--019e.eu-central-1-01.gitpod.dev*
FRONTEND_URL=https://3000--019e.eu-central-1-01.gitpod.dev`,
    sharedPortsOf(answer),
  );
});

test('a port that Ona does not share is reached from inside only', () => {
  check({ ONA_ENVIRONMENT_ID: '019e' }, here);
});

test('elsewhere an address is its own', () => {
  check({}, here);
  check({ GITPOD_WORKSPACE_ID: '', CODESPACE_NAME: '' }, here);
});

test('an answer of the CLI that is no list of ports shares none', () => {
  for (const answer of ['', 'not logged in', 'null', '{}', '[null, 3, {"port": "x", "url": "y"}, {"port": 1}]']) {
    expect([...sharedPortsOf(answer)]).toEqual([]);
  }
  expect([...sharedPortsOf('{"ports":[{"port":1,"url":"https://a.example"}]}')]).toEqual([[1, 'https://a.example']]);
});

test('a workspace of Gitpod Classic is not one of Ona', () => {
  expect(isOna({ GITPOD_WORKSPACE_ID: 'a', GITPOD_WORKSPACE_CLUSTER_HOST: 'b' })).toBe(false);
});
