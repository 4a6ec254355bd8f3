import type { CostJson } from '@sightline/hub/client/costApi';
import { HubError } from '@sightline/hub/client/hubError';
import { expect, onTestFinished, test } from 'vitest';
import { Emitter } from '../lifetime.ts';
import { CostWatch, type CostWatchParts } from './costWatch.ts';
import type { HubState } from './hubState.ts';

const cost: CostJson = {
  month: '2026-11',
  pricesDate: '2026-11-23',
  destinations: [],
  warnings: [],
  settings: { caps: {}, prices: {}, billing: { isTransactionSearch: false, indexedPercent: 1 } },
};
const running = { kind: 'running' } as HubState;

/** A watch on a hub that notes what it was asked. */
function watchOn(prices: ReturnType<CostWatchParts['prices']> = {}, refuse?: string) {
  const asked: string[] = [];
  const changed = new Emitter<HubState>();
  const session = { state: { kind: 'off' } as HubState, onDidChange: changed.event };
  const watch = new CostWatch({
    session,
    client: {
      loadCost: () => {
        asked.push('load');
        return Promise.resolve(cost);
      },
      changeCostSettings: (change) => {
        asked.push(`change ${JSON.stringify(change)}`);
        return refuse === undefined ? Promise.resolve(cost) : Promise.reject(new HubError('refused', refuse));
      },
    },
    prices: () => prices,
    report: (error) => asked.push(`report ${String(error)}`),
  });
  onTestFinished(() => watch.dispose());
  const become = (state: HubState): void => {
    session.state = state;
    changed.fire(state);
  };
  return { watch, asked, become };
}

async function check(asked: readonly string[], expected: readonly string[]): Promise<void> {
  await expect.poll(() => asked).toEqual(expected);
}

test('the hub is asked only while the view is shown and the hub runs', async () => {
  const { watch, asked, become } = watchOn();
  watch.setVisible(true);
  watch.setVisible(false);
  become(running);
  await check(asked, []);
  watch.setVisible(true);
  await check(asked, ['load']);
  expect(watch.cost).toBe(cost);
  become({ kind: 'stopped' });
  expect(watch.cost).toBeUndefined();
});

test('a hub gets the prices of the settings, once, and before it is asked', async () => {
  const { watch, asked, become } = watchOn({ 'logs.ingested': { price: '0.57' } });
  watch.setVisible(true);
  become(running);
  become(running);
  await check(asked, ['change {"prices":{"logs.ingested":{"price":"0.57"}}}', 'load']);
});

test('prices that the hub refuses are told of in its words', async () => {
  const { watch, asked, become } = watchOn({}, '`prices.logs.stored`: `per` is a number above 0.');
  become(running);
  await watch.applyPrices();
  await check(asked, [
    'change {"prices":{}}',
    'report UserError: The setting sightline.cost.prices was not taken. `prices.logs.stored`: `per` is a number above 0.',
  ]);
});
