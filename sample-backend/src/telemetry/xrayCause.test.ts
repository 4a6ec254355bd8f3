import { expect, test } from 'vitest';
import { causeOf, framesOf } from './xrayCause.ts';

function check(line: string, expected: string): void {
  const frames = framesOf(`TypeError: no\n${line}`);
  expect(frames.map(({ label, path, line: number }) => `${label} ${path} ${number}`).join('; ')).toBe(expected);
}

test('a frame of an ES module', () => {
  check('    at toProfile (file:///app/src/data/users.ts:37:42)', 'toProfile /app/src/data/users.ts 37');
});

test('a frame of a CommonJS module, on Windows too', () => {
  check(
    '    at Layer.handle (/app/node_modules/router/lib/layer.js:152:17)',
    'Layer.handle /app/node_modules/router/lib/layer.js 152',
  );
  check(String.raw`    at run (C:\app\main.js:1:2)`, String.raw`run C:\app\main.js 1`);
});

test('an asynchronous frame, with and without a name', () => {
  check('    at async loadHome (file:///app/home.ts:5:3)', 'async loadHome /app/home.ts 5');
  check('    at async file:///app/home.ts:5:3', 'anonymous /app/home.ts 5');
});

test('a function without a name', () => {
  check('    at file:///app/my%20folder/home.ts:5:3', 'anonymous /app/my folder/home.ts 5');
});

test("a frame of Node's own", () => {
  check(
    '    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)',
    'process.processTicksAndRejections node:internal/process/task_queues 104',
  );
});

test('a line that is no place is left out', () => {
  check('    at new Promise (<anonymous>)', '');
  check('    and a second line of the message', '');
});

test('what is thrown need not be an error', () => {
  expect(causeOf('out of bread').exceptions).toMatchObject([{ type: 'Error', message: 'out of bread' }]);
});
