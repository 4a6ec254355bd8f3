import { expect, test } from 'vitest';
import { SwitchedTraceSource } from '../sources/switchedTraceSource.ts';
import { renderTracesTree } from './traceRows.ts';
import { TracesController } from './tracesController.ts';
import { ManualClock, RecordingSource } from './tracesTestSource.ts';

/** A view that is seen, on one of two sources with a trace each. */
async function stage() {
  const clock = new ManualClock();
  const [here, there] = [new RecordingSource([]), new RecordingSource([])];
  Object.assign(there, { label: 'AWS dev eu-central-1' });
  here.add(1, { name: 'GET /here' });
  there.add(2, { name: 'GET /there' });
  const switched = new SwitchedTraceSource(here);
  const controller = new TracesController(switched, clock, {});
  controller.setVisible(true);
  await here.settled();
  const check = async (expected: string): Promise<void> => {
    await here.settled();
    const tree = renderTracesTree(controller.state, clock.now(), () => false);
    expect([...tree.matchAll(/GET \/\w+/g), controller.state.failure ?? ''].filter(Boolean).join(' ')).toBe(expected);
  };
  return { here, there, switched, controller, check };
}

test('the rows are those of the source that was chosen last', async () => {
  const { here, there, switched, check } = await stage();
  await check('GET /here');
  switched.choose(there);
  await check('GET /there');
  switched.choose(here);
  await check('GET /here');
});

test('a source that cannot answer shows no rows of the one before', async () => {
  const { there, switched, check } = await stage();
  there.fail(new Error('no permission'));
  switched.choose(there);
  await check('The traces could not be loaded: Error: no permission');
});

test('an answer of the one before, that comes late, is not shown', async () => {
  const { here, there, switched, controller, check } = await stage();
  const release = here.hold();
  const asked = controller.refresh();
  switched.choose(there);
  release();
  await asked;
  await check('GET /there');
});

test('only the chosen one is listened to', async () => {
  const { here, there, switched, check } = await stage();
  switched.choose(there);
  there.add(3, { name: 'GET /new' });
  here.add(4, { name: 'GET /unseen' });
  await check('GET /new GET /there');
});
