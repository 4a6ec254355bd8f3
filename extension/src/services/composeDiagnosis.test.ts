import { expect, test } from 'vitest';
import { diagnoseComposeModel, diagnoseDaemonLog } from './composeDiagnosis.ts';
import { parseComposeModel } from './composeFile.ts';

/** The findings of a file's services, a line each. */
function check(services: string, ...expected: readonly string[]): void {
  const findings = diagnoseComposeModel(parseComposeModel(`services:\n${services}`));
  expect(findings.map(({ service, problem, remedy }) => `${service}: ${problem} ${remedy}`)).toEqual(expected);
}

function checkLog(log: string, expected: string | undefined): void {
  expect(diagnoseDaemonLog(log)).toBe(expected);
}

const daemon = '  xray-daemon:\n    image: amazon/aws-xray-daemon\n';

test('127.0.0.1 in a container is the container itself, not the hub', () => {
  const remedy = 'Name the service instead, or take the variable out of the file: then it is set to where the hub is.';
  check(
    '  web: { environment: { AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:2000", DATABASE_URL: "postgres://localhost/app" } }',
    `web: AWS_XRAY_DAEMON_ADDRESS is 127.0.0.1:2000, and 127.0.0.1 in a container is the container itself. ${remedy}`,
  );
  check(
    '  web: { environment: ["OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318", "AWS_ENDPOINT_URL_XRAY"] }',
    `web: OTEL_EXPORTER_OTLP_ENDPOINT is http://localhost:4318, and localhost in a container is the container itself. ${remedy}`,
  );
  check('  web: { environment: { AWS_XRAY_DAEMON_ADDRESS: "xray-daemon:2000" } }');
});

test("a service in the machine's own network has the machine's loopback", () => {
  check('  web: { network_mode: host, environment: { AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:2000" } }');
});

test('a daemon bound to 127.0.0.1 in a container is reached by nobody else', () => {
  check(
    `${daemon}    command: ["-o", "-b", "127.0.0.1:2000"]`,
    'xray-daemon: The daemon listens on 127.0.0.1:2000, where only its own container reaches it. Remove -b 127.0.0.1:2000: the image listens on 0.0.0.0:2000 by itself.',
  );
  check(`${daemon}    command: ["-o", "-b", "0.0.0.0:2000"]`);
});

test('flags in one argument, or after the name of the program, are not read', () => {
  check(
    `${daemon}    command: ["xray -o -b xray-daemon:2000"]`,
    'xray-daemon: The daemon does not read its flags from ["xray -o -b xray-daemon:2000"]: they are one argument, or begin with the program\'s name. Write them as a list: command: ["-o", "-b", "xray-daemon:2000"].',
  );
  check(
    `${daemon}    command: xray -o -n us-east-1`,
    'xray-daemon: The daemon does not read its flags from ["xray","-o","-n","us-east-1"]: they are one argument, or begin with the program\'s name. Write them as a list: command: ["-o", "-n", "us-east-1"].',
  );
  // Compose splits a text itself.
  check(`${daemon}    command: -o -n us-east-1`);
  check(`${daemon}    command: ["-o", "-n", "us-east-1"]`);
  check('  web: { image: node, command: ["sh", "-c", "node --watch app.js"] }');
});

test('a daemon that is published by TCP only gets no segments from outside', () => {
  check(
    `${daemon}    ports: ["2000:2000"]`,
    'xray-daemon: Port 2000 is published by TCP only, and segments are sent by UDP. Publish it by UDP too: "2000:2000/udp".',
  );
  check(`${daemon}    ports: ["2000:2000", "2000:2000/udp"]`);
  // Containers of the same file reach it without any.
  check(daemon);
});

test('metadata noise, a missing region and unread flags are told by the log of the daemon', () => {
  const metadata =
    '2026-11-23T05:43:17Z [Error] Unable to fetch region from EC2 metadata: operation error ec2imds: GetRegion, http response error StatusCode: 403, request to EC2 IMDS failed\n';
  const region =
    '2026-11-23T05:43:17Z [Error] Cannot fetch region variable from config file, environment variables, ecs metadata, or ec2 metadata. Use local-mode to use the local config region.\n';
  const noRegion =
    'The X-Ray daemon knows no region. Give it one: command: ["-o", "-n", "us-east-1"] as a list, or AWS_REGION in its environment; the hub takes any.';
  checkLog(metadata + region, noRegion);
  checkLog(region, noRegion);
  checkLog(
    '2026-11-23T05:43:17Z [Error] Get instance id metadata failed: operation error ec2imds: GetMetadata, http response error StatusCode: 403\n',
    'The X-Ray daemon asks for the metadata of an EC2 machine, which this is not. Start it in local mode: command: ["-o", "-n", "us-east-1"] as a list.',
  );
  checkLog(
    'flag provided but not defined: -o -n us-east-1\nUsage: X-Ray [options]\n',
    'The X-Ray daemon got its flags as one argument. Write its command as a list: ["-o", "-n", "us-east-1"].',
  );
  checkLog(
    '2026-11-23T05:43:29Z [Error] listen udp 0.0.0.0:2000: bind: address already in use\n',
    'The port of the X-Ray daemon is taken in its own container or network: something else listens there.',
  );
  checkLog('2026-11-23T05:41:24Z [Info] Successfully sent batch of 1 segments (0.135 seconds)\n', undefined);
});
