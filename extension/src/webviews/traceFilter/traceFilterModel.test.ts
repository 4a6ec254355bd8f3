import { expect, onTestFinished, test } from 'vitest';
import { Peer, type Wire } from '../../contracts/peer.ts';
import type { TraceFilterNews, TraceFilterQuestions, TraceFilterStatus } from '../../contracts/traceFilter.ts';
import type { FilterKey } from './keys.ts';
import { TraceFilterModel } from './traceFilterModel.ts';

/** Compares the box with its cursor as `|`, the suggestions (the one that Enter would take in brackets), what is wrong, and what was asked since. */
function check({ model, asked }: Opened, ...expected: readonly string[]): void {
  const { text, caret, suggestions, active, wrong, isUnfinished, trouble } = model;
  const listed = suggestions.slice(0, 3).map(({ label }, index) => (index === active ? `[${label}]` : label));
  const lines = [
    `${text.slice(0, caret)}|${text.slice(caret)}`,
    listed.join(' '),
    wrong && `${isUnfinished ? 'unfinished' : 'wrong'} at ${wrong.column}`,
    trouble,
    ...asked.splice(0),
  ];
  expect(lines.filter((line) => line !== undefined && line !== '')).toEqual(expected);
}

test('it opens with the filter that is on', async () => {
  check(await opened({ filter: 'fault' }), 'fault|');
});

test('while somebody types, what is right is applied after a pause, and what is wrong is not', async () => {
  const box = await opened();
  type(box, 'faul');
  type(box, 'fault');
  box.pause();
  await settled();
  check(box, 'fault|', 'rootcause.fault.service rootcause.fault.entity rootcause.fault.exception', 'apply fault');
  type(box, 'fault )');
  box.pause();
  await settled();
  check(box, 'fault )|', 'wrong at 7');
});

test('what is only unfinished is no error until Enter is pressed', async () => {
  const box = await opened();
  type(box, 'duration >');
  check(box, 'duration >|', 'unfinished at 11');
  press(box, 'enter');
  check(box, 'duration >|', 'wrong at 11');
  type(box, 'duration > 1');
  press(box, 'enter');
  await settled();
  check(box, 'duration > 1|', 'apply duration > 1 chosen');
});

test('suggestions are gone through, taken and left', async () => {
  const box = await opened();
  type(box, 'ser');
  check(box, 'ser|', 'service http.useragent user', 'unfinished at 1');
  press(box, 'down', 'down', 'up');
  check(box, 'ser|', '[service] http.useragent user', 'unfinished at 1');
  press(box, 'enter');
  check(box, 'service(|', '"backend" "DynamoDB" id', 'unfinished at 9');
  press(box, 'up', 'up', 'up', 'take');
  check(box, 'service("DynamoDB"|', 'unfinished at 19');
  press(box, 'escape');
  await settled();
  check(box, '|', 'apply  chosen');
});

test('Escape closes the suggestions first, and then clears the filter', async () => {
  const box = await opened({ filter: 'fault' });
  type(box, 'err');
  press(box, 'escape');
  check(box, 'err|', 'wrong at 1');
  press(box, 'escape');
  await settled();
  check(box, '|', 'apply  chosen');
});

test('Tab is left to the browser where nothing is selected', async () => {
  const box = await opened();
  type(box, 'ser');
  expect(box.model.press('take')).toBe(false);
});

test('keys and values of annotations that were seen are offered, and asked for again when the box is entered', async () => {
  const box = await opened();
  type(box, 'annotation.');
  check(box, 'annotation.|', 'annotation.user', 'unfinished at 1');
  box.model.entered();
  await settled();
  type(box, 'annotation.user = ');
  check(box, 'annotation.user = |', '"juno" true false', 'unfinished at 19', 'vocabulary');
});

test('the arrows go through the history and come back to what was typed', async () => {
  const box = await opened({ history: ['error', 'duration > 1'] });
  press(box, 'up');
  check(box, 'error|');
  press(box, 'up', 'up');
  check(box, 'duration > 1|');
  press(box, 'down', 'down', 'down');
  check(box, '|');
});

test('a filter that was chosen elsewhere is shown, and the echo of the own one changes nothing', async () => {
  const box = await opened();
  type(box, 'fault');
  box.pause();
  type(box, 'fault AND err');
  await box.tell({ filter: 'fault', found: 3 });
  check(box, 'fault AND err|', 'error inferred rootcause.error.service', 'unfinished at 11', 'apply fault');
  await box.tell({ filter: 'service("a")' });
  check(box, 'service("a")|');
});

test('a refusal of the hub is shown until something else is typed', async () => {
  const box = await opened();
  type(box, 'group.name = "none"');
  press(box, 'enter');
  await settled();
  check(box, 'group.name = "none"|', 'There is no group with the name "none".', 'apply group.name = "none" chosen');
  type(box, 'fault');
  press(box, 'escape');
  check(box, 'fault|');
});

test('a search is stopped', async () => {
  const box = await opened();
  box.model.stop();
  await settled();
  check(box, '|', 'stop');
});

interface Opened {
  readonly model: TraceFilterModel;
  /** What the box asked the editor. */
  readonly asked: string[];
  /** Nobody types for a while. */
  readonly pause: () => void;
  readonly tell: (status: Partial<TraceFilterStatus>) => Promise<void>;
}

async function opened(differences: Partial<TraceFilterStatus> = {}): Promise<Opened> {
  const asked: string[] = [];
  const status = { filter: '', history: [], found: 0, isMore: false, isSearching: false, hints: [], ...differences };
  const vocabulary = {
    services: [{ name: 'backend' }, { name: 'DynamoDB' }],
    annotations: [{ key: 'user', values: ['juno'] }],
    metadataKeys: [],
    groups: [],
  };
  const [own, others] = wires();
  const editor = new Peer<TraceFilterQuestions, TraceFilterNews>(others, {
    begin: () => (asked.push('begin'), { status, vocabulary }),
    vocabulary: () => (asked.push('vocabulary'), vocabulary),
    stop: () => void asked.push('stop'),
    apply: ({ filter, isChosen }) => {
      asked.push(`apply ${filter}${isChosen ? ' chosen' : ''}`);
      if (filter.includes('none')) {
        throw new Error('There is no group with the name "none".');
      }
      return undefined;
    },
  });
  let waiting: (() => void) | undefined;
  const after = (_millis: number, callback: () => void) => {
    waiting = callback;
    return () => (waiting = undefined);
  };
  const model = new TraceFilterModel(own, { onChange: () => undefined, onFocus: () => undefined, after });
  onTestFinished(() => model.dispose());
  await settled();
  expect(asked.splice(0)).toEqual(['begin']);
  return { model, asked, pause: () => waiting?.(), tell: tellBy(editor, status) };
}

function tellBy(editor: Peer<TraceFilterQuestions, TraceFilterNews>, status: TraceFilterStatus): Opened['tell'] {
  return async (differences) => {
    await editor.ask('status', { ...status, ...differences });
  };
}

function type({ model }: Opened, text: string): void {
  model.typed(text, text.length);
}

function press({ model }: Opened, ...keys: FilterKey[]): void {
  for (const key of keys) {
    model.press(key);
  }
}

/** Lets all that was sent arrive. */
async function settled(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  setTimeout(resolve, 0);
  await promise;
}

/** The box's end and the editor's. */
function wires(): [Wire, Wire] {
  const ends = [new Set<(message: unknown) => void>(), new Set<(message: unknown) => void>()] as const;
  const wire = (own: 0 | 1): Wire => ({
    send: (message) => queueMicrotask(() => ends[own === 0 ? 1 : 0].forEach((listener) => listener(message))),
    receive: (listener) => {
      ends[own].add(listener);
      return () => ends[own].delete(listener);
    },
  });
  return [wire(0), wire(1)];
}
