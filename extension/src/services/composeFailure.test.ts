import { expect, test } from 'vitest';
import { describeComposeFailure } from './composeFailure.ts';

function check(output: string, expected: string): void {
  expect(describeComposeFailure({ code: 1, output })).toContain(expected);
}

test('no program is no Docker', () => {
  expect(describeComposeFailure({ code: undefined, output: '' })).toContain('There is no Docker here');
});

test('an engine that does not run, by each tool', () => {
  check(
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    'not running',
  );
  check(
    "docker.errors.DockerException: Error while fetching server API version: ('Connection aborted.', FileNotFoundError(2, 'No such file or directory'))",
    'not running',
  );
  check('failed to connect to the docker API at npipe:////./pipe/dockerDesktopLinuxEngine', 'not running');
});

test('a socket that this user may not open', () => {
  check(
    'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
    'group "docker"',
  );
  check(
    "docker.errors.DockerException: Error while fetching server API version: ('Connection aborted.', PermissionError(13, 'Permission denied'))",
    'group "docker"',
  );
});

test('an image in use on a rebuild names the container that uses it', () => {
  const said = 'The image is in use by the container 1f2e3d4c5b6a. Remove that one first';
  check(
    'Error response from daemon: conflict: unable to remove repository reference "app:latest" (must force) - container 1f2e3d4c5b6a is using its referenced image 9f8e7d6c5b4a',
    said,
  );
  check(
    'Error response from daemon: conflict: unable to delete 9f8e7d6c5b4a (cannot be forced) - image is being used by running container 1f2e3d4c5b6a',
    said,
  );
});

test('a taken port is named', () => {
  check(
    'Error response from daemon: driver failed programming external connectivity on endpoint x: Bind for 0.0.0.0:3000 failed: port is already allocated',
    'Port 3000',
  );
  check('Error starting userland proxy: listen tcp4 0.0.0.0:3000: bind: address already in use', 'Port 3000');
  check('failed to bind host port for 0.0.0.0:2000:172.18.0.2:2000/udp: address already in use', 'Port 2000');
});

test('a compose file that is not valid says where', () => {
  check('yaml: line 3: did not find expected node content', 'see line 3');
  check(
    'yaml.parser.ParserError: while parsing a flow node\nexpected the node content\n  in "./bad.yaml", line 2, column 1',
    'see line 2',
  );
  check(
    "validating /x/bad.yaml: services.web additional properties 'imag' not allowed",
    "services.web additional properties 'imag' not allowed",
  );
  check(
    "The Compose file './bad.yaml' is invalid because:\nUnsupported config option for services.web: 'imag'",
    "Unsupported config option for services.web: 'imag'",
  );
  check(
    'service "web" depends on undefined service "nope": invalid compose project',
    'depends on undefined service "nope"',
  );
  check('no such service: nope', 'no service nope');
});

test('no network, no image', () => {
  check(
    'Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host',
    'registry cannot be reached',
  );
  check('pull access denied for shop, repository does not exist', 'The image shop is neither');
  check('ERROR: No such image: shop:latest', 'shop:latest');
});

test('a build that fails', () => {
  check(
    'failed to solve: process "/bin/sh -c false" did not complete successfully: exit code: 1',
    'Building the image failed',
  );
});

test('a service that others wait for', () => {
  check('dependency failed to start: container x-db-1 is unhealthy', 'x-db-1 does not become healthy');
  check('dependency failed to start: container x-db-1 exited (3)', 'exit code 3');
});

test('what nobody foresaw is said in the tool’s own last line', () => {
  check('time="x" level=warning msg=obsolete\nsomething odd\n', 'Compose said: something odd');
  check('', 'exit code 1');
});
