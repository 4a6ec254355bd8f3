import { expect, test } from 'vitest';
import { parseStack } from './stackText.ts';

function check(text: string, expected: string): void {
  const frames = parseStack(text).map(({ path, line, column, label }) =>
    [label ?? '?', path, line, column].join(' ').trim(),
  );
  expect(frames.join('\n')).toBe(expected.trim().replaceAll(/^ +/gm, ''));
}

test('V8 prints the newest frame first', () => {
  check(
    `TypeError: no
    at handler (/app/src/a.js:10:5)
    at async Promise.all (index 0)
    at new Feed (file:///app/feed.mjs:3:1)
    at /app/b.js:7:9
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)
    at C:\\app\\c.js:1:2`,
    `
    handler /app/src/a.js 10 5
    async Promise.all index 0
    new Feed file:///app/feed.mjs 3 1
    ? /app/b.js 7 9
    process.processTicksAndRejections node:internal/process/task_queues 105 5
    ? C:\\app\\c.js 1 2`,
  );
});

test('Python prints the newest frame last', () => {
  check(
    `Traceback (most recent call last):
  File "/app/main.py", line 3, in <module>
    run()
  File "/app/run.py", line 9, in run
    raise KeyError('x')
KeyError: 'x'`,
    `
    run /app/run.py 9
    <module> /app/main.py 3`,
  );
});

test('Java has classes and no columns', () => {
  check(
    `java.lang.IllegalStateException: no
\tat com.shop.Cart.add(Cart.java:42)
\tat java.base/java.lang.Thread.run(Thread.java:840)
\tat sun.reflect.Native.invoke0(Native Method)
Caused by: java.io.IOException: gone
\tat com.shop.Disk.read(Disk.java:7)
\t... 12 more`,
    `
    com.shop.Cart.add Cart.java 42
    java.base/java.lang.Thread.run Thread.java 840
    sun.reflect.Native.invoke0 Native Method
    com.shop.Disk.read Disk.java 7`,
  );
});

test('Go has the function on the line above the file', () => {
  check(
    `goroutine 1 [running]:
main.(*Server).handle(0xc000010000, {0x1, 0x2})
\t/app/main.go:10 +0x1d
created by main.main in goroutine 1
\t/app/main.go:5 +0x2a`,
    `
    main.(*Server).handle /app/main.go 10
    main.main /app/main.go 5`,
  );
});

test('what is no stack has no frames, and a long one is cut', () => {
  check('', '');
  check('it broke\nreally', '');
  expect(parseStack('    at f (/a.js:1:1)\n'.repeat(5000)).length).toBe(1000);
});

test('lines made to keep a pattern busy do not', () => {
  const lines = ['(', ' (', ' ', ':1', ':1:', 'a(b', '"', 'File "', '\t'].map(
    (part) => `    at ${part.repeat(990 / part.length)}`,
  );
  const began = performance.now();
  for (const line of lines) {
    parseStack(`${line}\n`.repeat(1000));
  }
  // Work that grew with the square of a line's length would take tens of seconds.
  expect(performance.now() - began).toBeLessThan(5000);
  check(`    at ${'('.repeat(100_000)}`, '');
});
