import type { RawTrace, TraceRow } from '@sightline/hub/client/api';
import type { OccurrenceJson } from '@sightline/hub/client/errorsApi';
import { expect, test } from 'vitest';
import type { BesideLogLine, BesideLogLines, BesideSource } from '../sources/besideSource.ts';
import { UserError } from '../userError.ts';
import { testOccurrence } from './errorsTestSource.ts';
import { TracesController } from './tracesController.ts';
import { renderRawDocument } from './tracesDocumentText.ts';
import { childNodesOf, nodeIdOf, parentNodeOf, type TracesNode } from './tracesNodes.ts';
import { testNow, testTraceId } from './tracesTestRows.ts';
import { ManualClock, RecordingSource } from './tracesTestSource.ts';
import { renderTracesTree } from './traceRows.ts';

const traceId = testTraceId(1);
const start = BigInt(testNow - 1000) * 1_000_000n;

/** The rows below the trace, without its spans, all of them open. */
function check({ controller }: Pick<Awaited<ReturnType<typeof expanded>>, 'controller'>, expected: string): void {
  const rows = renderTracesTree(controller.state, testNow, (node) => node.kind !== 'span').split('\n');
  const lines = rows.filter((row) => !/symbol-event|^\(pass\)|^ {2}\((?:error|json)\) (?!Errors)/.test(row));
  expect(`\n${lines.join('\n')}\n`).toBe(expected);
}

test('a trace shows its log lines and errors behind its spans', async () => {
  const beside = new FixedBeside(
    [line('a', 2, 'GET /api/activities/home'), line('b', 3, '{"level":\n"error"}', { level: 'error' })],
    [failing],
  );
  check(
    await expanded(beside),
    `
  (output) Log lines (2)
    (info) GET /api/activities/home  +2 ms
    (error) {"level": "error"}  +3 ms
  (error) Errors (1)
    (error) TypeError: no handle  #7 · feed.ts:14
`,
  );
});

test('a line that names no trace is marked as a guess', async () => {
  const lines = [line('a', -1, 'before', { isGuess: true }), line('b', 2, 'named')];
  check(
    await expanded(new FixedBeside(lines, [])),
    `
  (output) Log lines (2)  1 guessed
    (info) before  -1 ms · guess: same service, within this request’s time
    (info) named  +2 ms
`,
  );
  const [guess] = lines;
  check(
    await expanded(new FixedBeside(guess === undefined ? [] : [guess], [], { hasMore: true })),
    `
  (output) Log lines (1+)  guess: same service, within this request’s time
    (info) before  -1 ms · guess: same service, within this request’s time
`,
  );
});

test('without log lines and errors there are no rows for them', async () => {
  check(await expanded(new FixedBeside([], [])), '\n\n');
});

test('what cannot be had is told, and does not keep the rest away', async () => {
  const beside = new FixedBeside([line('a', 2, 'named')], []);
  beside.errorsFail = new UserError('The hub does not answer.');
  check(
    await expanded(beside),
    `
  (output) Log lines (1)
    (info) named  +2 ms
  (info) The hub does not answer.
`,
  );
});

test('lines that come later are asked for when the trace is drawn again, unless it is long over', async () => {
  const beside = new FixedBeside([], []);
  const { controller, source, clock } = await expanded(beside);
  beside.lines = [line('a', 2, 'late')];
  source.logsCame();
  await controller.loadBeside(traceId);
  await controller.loadBeside(traceId);
  check(
    { controller },
    `
  (output) Log lines (1)
    (info) late  +2 ms
`,
  );
  expect(beside.asked).toBe(2);
  clock.pass(120_000);
  source.logsCame();
  await controller.loadBeside(traceId);
  expect(beside.asked).toBe(2);
});

test('every row is below the row that it names as its parent', async () => {
  const { controller } = await expanded(new FixedBeside([line('a', 2, 'named')], [failing]));
  const walk = (node: TracesNode): void => {
    for (const child of childNodesOf(controller.state, node, testNow)) {
      const parent = parentNodeOf(controller.state, child, testNow);
      expect(parent && nodeIdOf(parent)).toBe(nodeIdOf(node));
      walk(child);
    }
  };
  walk({ kind: 'trace', traceId });
});

test('the document of a trace has its log lines and errors', async () => {
  const { controller } = await expanded(new FixedBeside([line('a', 2, 'named', { isGuess: true })], [failing]));
  const raw: RawTrace = { id: traceId, documents: [] };
  const shown = JSON.parse(renderRawDocument(raw, controller.state.beside.get(traceId))) as Record<string, object[]>;
  expect([
    Object.keys(shown),
    shown['logLines']?.length,
    JSON.stringify(shown['logLines']).includes('"guess":'),
  ]).toEqual([['traceId', 'logLines', 'errors', 'documents'], 1, true]);
  expect(JSON.stringify(shown['errors'])).toContain('no handle');
});

const failing = testOccurrence(7, 'o1', {
  title: 'TypeError: no handle',
  exceptions: [
    {
      type: 'TypeError',
      message: 'no handle',
      stack: [
        { path: 'node:events', line: 1 },
        { path: '/app/src/feed.ts', line: 14 },
      ],
    },
  ],
});

class FixedBeside implements BesideSource {
  lines: readonly BesideLogLine[];
  errorsFail: Error | undefined;
  asked = 0;
  readonly #errors: readonly OccurrenceJson[];
  readonly #hasMore: boolean;

  constructor(lines: readonly BesideLogLine[], errors: readonly OccurrenceJson[], { hasMore = false } = {}) {
    this.lines = lines;
    this.#errors = errors;
    this.#hasMore = hasMore;
  }

  async listLogLines(): Promise<BesideLogLines> {
    this.asked += 1;
    return { lines: this.lines, hasMore: this.#hasMore };
  }

  async guessTraces(): Promise<readonly TraceRow[]> {
    return [];
  }

  async listErrors(): Promise<readonly OccurrenceJson[]> {
    if (this.errorsFail !== undefined) {
      throw this.errorsFail;
    }
    return this.#errors;
  }
}

function line(id: string, millis: number, message: string, differences: Partial<BesideLogLine> = {}): BesideLogLine {
  const time = String(start + BigInt(millis) * 1_000_000n);
  const place = { group: 'cruddur', stream: 'backend', ingestionTime: time };
  return { id, time, message, level: 'info', isGuess: false, ...place, ...differences };
}

/** A visible view whose only trace was opened. */
async function expanded(beside: BesideSource) {
  const source = new RecordingSource([]);
  const clock = new ManualClock();
  const controller = new TracesController(source, clock, {}, beside);
  source.add(1);
  controller.setVisible(true);
  await controller.whenCurrent();
  await Promise.all([controller.loadTree(traceId), controller.loadBeside(traceId)]);
  return { controller, source, clock };
}
