import type { SamplingJson } from '@sightline/hub/client/samplingApi';
import { expect, onTestFinished, test } from 'vitest';
import { Emitter } from '../lifetime.ts';
import type { SamplingChanged, SamplingSource } from '../sources/samplingSource.ts';
import type { SourceState } from '../sources/traceSource.ts';
import { UserError } from '../userError.ts';
import { SamplingController } from './samplingController.ts';
import { newRule } from './samplingEdit.ts';
import { renderSamplingTree } from './samplingRows.ts';

/** A source whose rules a test sets; each question is in the log. */
class RecordingSamplingSource {
  label = 'Local';
  isShared = false;
  state: SourceState = { kind: 'ready' };
  rate = 0.5;
  failure: Error | undefined;
  readonly log: string[] = [];
  readonly changed = new Emitter<SamplingChanged>();
  readonly stateChanged = new Emitter<SourceState>();
  readonly onDidChange = this.changed.event;
  readonly onDidChangeState = this.stateChanged.event;

  listRules = async (): Promise<SamplingJson> => {
    this.log.push('listRules');
    if (this.failure !== undefined) {
      throw this.failure;
    }
    const rule = { ...newRule, RuleName: 'R', FixedRate: this.rate };
    const activity = { requests: 0, sampled: 0, borrowed: 0, clients: 0 };
    const rules = [{ rule, arn: 'arn', origin: 'custom' as const, activity }];
    return await Promise.resolve({ rules, activitySeconds: 300, modifiedAt: '0' });
  };
}

function start() {
  const source = new RecordingSamplingSource();
  const ticks: (() => void)[] = [];
  const clock = {
    every: (_millis: number, callback: () => void) => {
      ticks.push(callback);
      return { dispose: () => void ticks.splice(ticks.indexOf(callback), 1) };
    },
  };
  const controller = new SamplingController(source as unknown as SamplingSource, clock);
  onTestFinished(() => controller.dispose());
  const shown = (): string => renderSamplingTree(controller.state, () => false);
  return { source, controller, shown, tick: () => ticks.forEach((call) => call()) };
}

test('nothing is asked before the view is shown, nor while it is hidden again', async () => {
  const { source, controller, tick } = start();
  source.changed.fire({ sampling: true });
  expect(source.log).toEqual([]);
  controller.setVisible(true);
  await controller.whenCurrent();
  controller.setVisible(false);
  source.changed.fire({ sampling: true });
  tick();
  expect(source.log).toEqual(['listRules']);
});

test('a changed rule is shown when the change is told, other changes ask nothing', async () => {
  const { source, controller, shown } = start();
  controller.setVisible(true);
  await controller.whenCurrent();
  source.changed.fire({});
  await controller.whenCurrent();
  expect(source.log.length).toBe(1);
  source.rate = 0.25;
  source.changed.fire({ sampling: true });
  await controller.whenCurrent();
  expect(shown()).toContain('25 %');
});

test('how often rules match is asked for again as time passes', async () => {
  const { source, controller, tick } = start();
  controller.setVisible(true);
  await controller.whenCurrent();
  tick();
  await controller.whenCurrent();
  expect(source.log.length).toBe(2);
});

test('a failure is said, and what was known stays', async () => {
  const { source, controller, shown } = start();
  controller.setVisible(true);
  await controller.whenCurrent();
  source.failure = new UserError('The hub is busy.');
  await controller.refresh();
  expect([controller.state.failure, shown()]).toEqual(['The hub is busy.', expect.stringContaining('50 %')]);
  source.failure = undefined;
  await controller.refresh();
  expect(controller.state.failure).toBe(undefined);
});

test('a hub that comes up is asked', async () => {
  const { source, controller, shown } = start();
  source.state = { kind: 'stopped' };
  controller.setVisible(true);
  await controller.whenCurrent();
  expect(shown()).toBe('');
  source.state = { kind: 'ready' };
  source.stateChanged.fire(source.state);
  await controller.whenCurrent();
  expect(shown()).toContain('50 %');
});

test('another source begins anew: the rules of before are not shown as its own', async () => {
  const { source, controller, shown } = start();
  controller.setVisible(true);
  await controller.whenCurrent();
  Object.assign(source, { label: 'AWS dev eu-central-1', isShared: true });
  source.failure = new UserError('The permission xray:GetSamplingRules is missing.');
  source.stateChanged.fire(source.state);
  expect(shown()).toBe('');
  await controller.whenCurrent();
  expect([shown(), controller.state.failure]).toEqual(['', 'The permission xray:GetSamplingRules is missing.']);
});

test('rules that others have too are asked for when their source says so, not every ten seconds', async () => {
  const { source, controller, tick } = start();
  source.isShared = true;
  controller.setVisible(true);
  await controller.whenCurrent();
  tick();
  await controller.whenCurrent();
  expect(source.log.length).toBe(1);
  source.changed.fire({ sampling: true });
  await controller.whenCurrent();
  expect(source.log.length).toBe(2);
});
