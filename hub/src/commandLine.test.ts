import { expect, test } from 'vitest';
import { parseCommandLine } from './commandLine.ts';

function check(args: string, expected: string): void {
  const commandLine = parseCommandLine(args === '' ? [] : args.split(' '));
  const shown = commandLine.kind === 'serve' ? { ...commandLine.options, dataDir: '…' } : commandLine;
  expect('kind' in shown ? Object.values(shown).join(': ') : JSON.stringify(shown)).toBe(expected);
}

test('without arguments it serves on the ports that programs expect', () => {
  check(
    '',
    '{"dataDir":"…","host":"127.0.0.1","allowHosts":[],"port":4319,"otlpPort":4318,"otlpGrpcPort":4317,"xrayPort":2000,"maxBytes":2147483648,"maxAgeMillis":604800000,"requireCredentials":false,"relay":[],"json":false}',
  );
});

test('every option of `serve` is taken', () => {
  check(
    'serve --data-dir /d --host 0.0.0.0 --allow-host a --allow-host b --port 0 --otlp-port none --otlp-grpc-port 1 --xray-port none --max-bytes 500M --max-age 36h --require-credentials --rollbar-rate 60 --idle-exit 10m --json',
    '{"dataDir":"…","host":"0.0.0.0","allowHosts":["a","b"],"port":0,"otlpPort":"none","otlpGrpcPort":1,"xrayPort":"none","maxBytes":524288000,"maxAgeMillis":129600000,"requireCredentials":true,"rollbarRate":60,"idleExitMillis":600000,"relay":[],"json":true}',
  );
});

test('--help and --version win over the rest', () => {
  check('serve --help', 'help');
  check('--version', 'version');
});

function wrongRelay(text: string): string {
  return `wrong: --relay takes xray, logs, otlp=URL or rollbar, not "${text}". See --help.`;
}

test('what this version does not have is said in one sentence', () => {
  check('doctor', 'wrong: This version of sightline-hub does not have "doctor" yet.');
  check('assert something', 'wrong: This version of sightline-hub does not have "assert" yet.');
  check('mcp', 'wrong: This version of sightline-hub does not have "mcp" yet.');
  check('--relay honeycomb', wrongRelay('honeycomb'));
  check('--relay xray=http://127.0.0.1', wrongRelay('xray=http://127.0.0.1'));
  check(
    '--relay otlp=collector:4318',
    'wrong: --relay otlp=URL needs the address of an OTLP endpoint: "collector:4318" is no http or https address. See --help.',
  );
});

test('a wrong command line is answered with one sentence', () => {
  check('--prot 1', "wrong: Unknown option '--prot'. See --help.");
  check('start', 'wrong: "start" is no command. See --help.');
  check('serve here', 'wrong: "here" is no command. See --help.');
  check('--port', "wrong: Option '--port <value>' argument missing. See --help.");
  check('--port none', 'wrong: --port takes a port from 0 to 65535, not "none". See --help.');
  check('--otlp-port 65536', 'wrong: --otlp-port takes a port from 0 to 65535 or "none", not "65536". See --help.');
  check('--xray-port -1', "wrong: Option '--xray-port' argument is ambiguous. See --help.");
  check(
    '--max-bytes 10',
    'wrong: --max-bytes takes a number of bytes of at least 1M, such as 2G, not "10". See --help.',
  );
  check('--max-age 7w', 'wrong: --max-age takes a length of time such as 30s, 10m, 12h or 7d, not "7w". See --help.');
  check('--data-dir=', 'wrong: --data-dir is empty. See --help.');
});
