import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startHubUnderTest } from '../testing/hubUnderTest.ts';
import { virtualEnvironment } from '../testing/virtualEnvironment.ts';

const run = promisify(execFile);

test(
  'the AWS CLI makes, changes and deletes the rules of the files in aws/json',
  { timeout: 200_000 },
  async (context) => {
    const python = virtualEnvironment('boto3==1.44.5', 'watchtower==3.4.0', 'awscli==1.46.3');
    if (python.kind === 'missing') {
      return context.skip(`no Python with the AWS CLI: ${python.reason}`);
    }
    const { endpoints } = await startHubUnderTest();
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL_XRAY: endpoints.api,
      AWS_ACCESS_KEY_ID: 'sightline-local',
      AWS_SECRET_ACCESS_KEY: 'sightline-local',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_CONFIG_FILE: '/dev/null',
    };
    const cwd = fileURLToPath(new URL('../../..', import.meta.url));
    const check = async (command: string, expected: string): Promise<void> => {
      const args = ['-m', 'awscli', 'xray', ...command.split(' '), '--output', 'json'];
      const printed = await run(python.python, args, { env, cwd }).catch((error: { stderr: string }) => error);
      const text = 'stdout' in printed && printed.stdout !== '' ? printed.stdout : printed.stderr;
      expect(text.replaceAll(/\s+/g, ' ').trim()).toContain(expected);
    };
    const create = 'create-sampling-rule --cli-input-json file://aws/json';
    await check(`${create}/xray.json`, '"RuleName": "Cruddur", "RuleARN": "arn:aws:xray:us-east-1:');
    await check(`${create}/xray.json`, 'A sampling rule with the name Cruddur already exists.');
    await check(`${create}/xray-health-check.json`, '"FixedRate": 0.0');
    await check(
      'get-sampling-rules --query SamplingRuleRecords[].SamplingRule.RuleName',
      '[ "HealthCheck", "SightlineHealthChecks", "Cruddur", "Default" ]',
    );
    await check('update-sampling-rule --sampling-rule-update RuleName=Cruddur,FixedRate=0.5', '"FixedRate": 0.5');
    await check('get-sampling-statistic-summaries --query SamplingStatisticSummaries[].RequestCount', '[ 0, 0, 0, 0 ]');
    await check('delete-sampling-rule --rule-name Cruddur', '"RuleName": "Cruddur"');
    await check('delete-sampling-rule --rule-name Default', 'The default sampling rule cannot be deleted.');
  },
);
