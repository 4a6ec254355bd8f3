import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test, type TestContext } from 'vitest';
import { virtualEnvironment, type VirtualEnvironment } from '../testing/virtualEnvironment.ts';
import { startLogsHub } from './testing/logsHub.ts';

const run = promisify(execFile);
let python: VirtualEnvironment;

beforeAll(() => {
  python = virtualEnvironment('boto3==1.44.5', 'watchtower==3.4.0', 'awscli==1.46.3');
}, 200_000);

/** Variables as the extension gives them. */
function environmentOf(endpoint: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoint,
    AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
    AWS_ACCESS_KEY_ID: 'sightline-local',
    AWS_SECRET_ACCESS_KEY: 'sightline-local',
    AWS_REGION: 'eu-central-1',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_CONFIG_FILE: '/dev/null',
  };
}

/** Runs a program of the virtual environment with these arguments and answers what it printed. */
async function check(
  context: TestContext,
  args: readonly (readonly string[])[],
  expected: readonly string[],
): Promise<void> {
  if (python.kind === 'missing') {
    return context.skip(`no Python with boto3, watchtower and the AWS CLI: ${python.reason}`);
  }
  const { endpoint } = await startLogsHub();
  const printed: string[] = [];
  for (const each of args) {
    const { stdout, stderr } = await run(python.python, [...each], { env: environmentOf(endpoint) });
    printed.push(...`${stdout}${stderr}`.trim().split(/\r?\n/).filter(Boolean));
  }
  expect(printed).toEqual(expected);
}

function aws(...args: readonly string[]): readonly string[] {
  return ['-m', 'awscli', 'logs', ...args];
}

test('watchtower writes, and boto3 reads, follows and asks', { timeout: 180_000 }, async (context) => {
  const app = fileURLToPath(new URL('../testing/apps/logsApp.py', import.meta.url));
  await check(
    context,
    [[app]],
    [
      'tail: second line',
      'filter: first line second line',
      'insights: 2',
      'error: The specified log group already exists',
    ],
  );
});

test('the AWS CLI makes groups, writes and reads', { timeout: 180_000 }, async (context) => {
  const stream = ['--log-group-name', '/app/cli', '--log-stream-name', 'web'];
  const event = JSON.stringify([{ timestamp: Date.now(), message: 'from the shell' }]);
  await check(
    context,
    [
      aws('create-log-group', '--log-group-name', '/app/cli'),
      aws('create-log-stream', ...stream),
      aws('put-retention-policy', '--log-group-name', '/app/cli', '--retention-in-days', '1'),
      aws('put-log-events', ...stream, '--log-events', event, '--query', 'rejectedLogEventsInfo'),
      aws('filter-log-events', '--log-group-name', '/app/cli', '--query', 'events[].message', '--output', 'text'),
      aws('describe-log-groups', '--query', 'logGroups[].retentionInDays', '--output', 'text'),
    ],
    ['null', 'from the shell', '1'],
  );
});
