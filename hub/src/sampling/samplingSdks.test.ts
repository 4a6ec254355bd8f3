import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import { expect, onTestFinished, test } from 'vitest';
import { startRealHub, type RealHub } from '../testing/realHub.ts';
import { virtualEnvironment } from '../testing/virtualEnvironment.ts';

const rule: SamplingRule = {
  RuleName: 'Cruddur',
  Priority: 9000,
  FixedRate: 1,
  ReservoirSize: 0,
  ServiceName: 'backend-flask',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  ResourceARN: '*',
  Version: 1,
  Attributes: {},
};

interface Second {
  readonly orders: number;
  readonly health: number;
  readonly rules: readonly string[];
}

/** Starts an app that decides about twenty orders and twenty health checks a second; its seconds as they pass. */
function startApp({ ready }: RealHub, program: string, app: string): Second[] {
  const file = fileURLToPath(new URL(`../testing/apps/${app}`, import.meta.url));
  const address = ready.endpoints.xrayUdp ?? '';
  const child = spawn(program, [file], {
    env: { ...process.env, AWS_XRAY_DAEMON_ADDRESS: address, AWS_XRAY_CONTEXT_MISSING: 'IGNORE_ERROR' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const seconds: Second[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => seconds.push(JSON.parse(line) as Second));
  return seconds;
}

/** Passes once so many seconds in a row were decided by these rules, and kept so many orders a second on average. */
async function checkKept(
  seconds: readonly Second[],
  {
    by,
    from,
    to,
    over = 2,
    within = 25_000,
  }: {
    readonly by: string;
    readonly from: number;
    readonly to: number;
    readonly over?: number;
    readonly within?: number;
  },
): Promise<void> {
  const start = seconds.length;
  const shown = (): string => {
    const last = seconds.slice(start).slice(-over);
    const mean = last.reduce((sum, { orders }) => sum + orders, 0) / over;
    const rules = [...new Set(last.flatMap((second) => second.rules))].filter((name) => name !== 'false');
    const isKept = last.length === over && mean >= from && mean <= to && rules.every((name) => name === by);
    return isKept ? 'as wanted' : `${mean} a second by ${rules.join(', ')}`;
  };
  await expect.poll(shown, { timeout: within, interval: 200 }).toBe('as wanted');
}

/** The rate that a rule has is that of the SDK within its polling interval of ten seconds, and health checks stay out all the time. */
async function checkRates({ client }: RealHub, seconds: readonly Second[]): Promise<void> {
  await checkKept(seconds, { by: 'Cruddur', from: 15, to: 21 });
  const fetched = seconds.length;
  await client.changeSamplingRule({ ...rule, FixedRate: 0 });
  await checkKept(seconds, { by: 'Cruddur', from: 0, to: 0 });
  await client.changeSamplingRule({ ...rule, FixedRate: 0.5 });
  // Of a hundred 50 are expected, with a standard deviation of 5.
  await checkKept(seconds, { by: 'Cruddur', from: 5, to: 15, over: 5 });
  expect(seconds.slice(fetched).reduce((sum, { health }) => sum + health, 0)).toBe(0);
  const { rules } = await client.listSamplingRules();
  const matched = rules.filter(({ activity }) => activity.requests > 0 && activity.clients === 1);
  // What the app asked before the rule came may still be counted behind them.
  expect(matched.slice(0, 2).map((each) => each.rule.RuleName)).toEqual(['SightlineHealthChecks', 'Cruddur']);
}

test('the X-Ray SDK for Node obeys a changed rate within ten seconds', { timeout: 90_000 }, async () => {
  const hub = await startRealHub();
  await hub.client.createSamplingRule(rule);
  await checkRates(hub, startApp(hub, process.execPath, 'samplingApp.ts'));
});

test('the X-Ray SDK for Node obeys a new rule within its five minutes', { timeout: 400_000 }, async (context) => {
  if (process.env['SIGHTLINE_LONG_TESTS'] === undefined) {
    return context.skip('takes five minutes: the SDK fetches no sooner; SIGHTLINE_LONG_TESTS=1 runs it');
  }
  const hub = await startRealHub();
  const seconds = startApp(hub, process.execPath, 'samplingApp.ts');
  await checkKept(seconds, { by: 'Default', from: 15, to: 21 });
  await hub.client.createSamplingRule({ ...rule, FixedRate: 0.1, ReservoirSize: 5 });
  // One of the reservoir, since this SDK borrows, and a tenth of the other nineteen.
  await checkKept(seconds, { by: 'Cruddur', from: 1.5, to: 5, over: 10, within: 330_000 });
});

test(
  'the X-Ray SDK for Python obeys a new rule and a changed rate within ten seconds',
  { timeout: 300_000 },
  async (context) => {
    const python = virtualEnvironment('aws-xray-sdk==2.15.0');
    if (python.kind === 'missing') {
      return context.skip(`no Python with the X-Ray SDK: ${python.reason}`);
    }
    const hub = await startRealHub();
    const seconds = startApp(hub, python.python, 'samplingApp.py');
    await checkKept(seconds, { by: 'Default', from: 15, to: 21 });
    // It did not know this one when it fetched.
    await hub.client.createSamplingRule(rule);
    await checkRates(hub, seconds);
  },
);
