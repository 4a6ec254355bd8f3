import { expect, onTestFinished, test } from 'vitest';
import { RollbarErrorSource } from '../sources/rollbar/rollbarErrorSource.ts';
import { RollbarProject } from '../sources/rollbar/rollbarProject.ts';
import { startCloudHub } from '../sources/testing/cloudHub.ts';
import { startFaultProxy } from '../sources/testing/faultProxy.ts';
import { ErrorsController } from './errorsController.ts';

test('a hidden view asks nothing, whatever the time, and a shown one at each beat', async () => {
  const cloud = await startCloudHub();
  const proxy = await startFaultProxy(cloud.endpoint);
  const project = new RollbarProject({
    endpoint: proxy.endpoint,
    setting: 'sightline.rollbar.readEndpoint',
    loadToken: async () => 'PlantedRollbarReadToken0000000001',
    isOwnHub: async () => false,
  });
  const beats = new Set<() => void>();
  const clock = {
    now: () => Date.now(),
    every: (_millis: number, beat: () => void) => {
      beats.add(beat);
      return { dispose: () => beats.delete(beat) };
    },
  };
  const source = new RollbarErrorSource(project, { clock, pollMillis: 1000 });
  const controller = new ErrorsController(source, clock, {});
  onTestFinished(async () => {
    controller.dispose();
    source.dispose();
    await proxy.stop();
    await cloud.stop();
  });
  expect(proxy.calls).toEqual([]);
  controller.setVisible(true);
  await controller.whenCurrent();
  expect(controller.state.failure).toBeUndefined();
  expect(controller.state.isLoaded).toBe(true);
  const shown = proxy.calls.length;
  beats.forEach((beat) => beat());
  await controller.whenCurrent();
  expect(proxy.calls.length).toBeGreaterThan(shown);
  controller.setVisible(false);
  const before = proxy.calls.length;
  beats.forEach((beat) => beat());
  beats.forEach((beat) => beat());
  await new Promise(setImmediate);
  expect(proxy.calls).toHaveLength(before);
});
