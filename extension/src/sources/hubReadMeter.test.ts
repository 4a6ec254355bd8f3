import type { CostReads } from '@sightline/hub/client/costApi';
import type { CostSettingsChange } from '@sightline/telemetry/cost/costSettings';
import { expect, onTestFinished, test } from 'vitest';
import { Emitter } from '../lifetime.ts';
import type { HubState } from '../services/hubState.ts';
import { HubReadMeter } from './hubReadMeter.ts';

const running = { kind: 'running' } as HubState;

/** A meter of a hub that notes what it is told. */
function meterOf(state: HubState = running) {
  const told: string[] = [];
  const hub = { isCapped: false, isGone: false };
  const changed = new Emitter<HubState>();
  const presence = { state, onDidChange: changed.event };
  const meter = new HubReadMeter({
    presence,
    client: {
      countReads: async ({ destination, usage }: CostReads) => {
        if (hub.isGone) {
          throw new Error('gone');
        }
        told.push(`${destination} ${JSON.stringify(usage)}`);
        return await Promise.resolve({ isCapped: hub.isCapped });
      },
      changeCostSettings: async (change: CostSettingsChange) => {
        told.push(JSON.stringify(change));
        return await Promise.resolve({} as never);
      },
    },
  });
  const reached: string[] = [];
  meter.onDidReachCap((destination) => reached.push(destination));
  onTestFinished(() => meter.dispose());
  const become = (next: HubState): void => {
    presence.state = next;
    changed.fire(next);
  };
  return { meter, hub, told, reached, become };
}

/** Compares what the hub was told since the last time. */
async function check({ meter, told }: ReturnType<typeof meterOf>, ...expected: readonly string[]): Promise<void> {
  await meter.flush();
  expect(told.splice(0)).toEqual(expected);
}

test('what several calls read is told together, each part of AWS for itself', async () => {
  const stage = meterOf();
  stage.meter.count('xray', { tracesScanned: 5, viewCalls: 1 });
  stage.meter.count('logs', { viewCalls: 1 });
  stage.meter.count('xray', { tracesRetrieved: 2, viewCalls: 1 });
  await check(stage, 'xray {"tracesScanned":5,"viewCalls":2,"tracesRetrieved":2}', 'logs {"viewCalls":1}');
  await check(stage);
});

test('it is told by itself, soon', async () => {
  const { meter, told } = meterOf();
  meter.count('xray', { viewCalls: 1 });
  await expect.poll(() => told, { timeout: 20_000 }).toEqual(['xray {"viewCalls":1}']);
});

test('what cannot be told is kept until there is a hub, or the next thing is told', async () => {
  const stage = meterOf({ kind: 'off' });
  stage.meter.count('xray', { tracesScanned: 1 });
  await check(stage);
  stage.become(running);
  await check(stage, 'xray {"tracesScanned":1}');
  stage.hub.isGone = true;
  stage.meter.count('xray', { tracesScanned: 2 });
  await check(stage);
  stage.hub.isGone = false;
  stage.meter.count('xray', { tracesScanned: 3 });
  await check(stage, 'xray {"tracesScanned":5}');
});

test('once the hub says that a cap is reached nothing is to be polled there, until it says otherwise', async () => {
  const stage = meterOf();
  const { meter, hub, reached } = stage;
  const may = (): readonly boolean[] => [meter.mayPoll('xray'), meter.mayPoll('logs')];
  hub.isCapped = true;
  meter.count('xray', { tracesScanned: 1 });
  expect(may()).toEqual([true, true]);
  await check(stage, 'xray {"tracesScanned":1}');
  expect(may()).toEqual([false, true]);
  // Whoever wants to poll has the hub asked again.
  await check(stage, 'xray {}');
  expect(reached).toEqual(['xray']);
  hub.isCapped = false;
  meter.mayPoll('xray');
  await check(stage, 'xray {}');
  expect(may()).toEqual([true, true]);
});

test('whether the account has Transaction Search is told, on and off', async () => {
  const stage = meterOf();
  stage.meter.noteTransactionSearch(true);
  await check(stage, '{"billing":{"isTransactionSearch":true}}');
  stage.meter.noteTransactionSearch(false);
  await check(stage, '{"billing":{"isTransactionSearch":false}}');
});
