import { expect, test } from 'vitest';
import { bestMatch, framePlaces, isOwnFrame } from './framePaths.ts';

const folders = ['/home/ann/shop', '/home/ann/users'];

/** The files that are tried for a frame, then what is searched for. */
function check(framePath: string, expected: readonly string[]): void {
  const { files, tails } = framePlaces(framePath, folders);
  expect([...files, ...tails.map((tail) => `search ${tail}`)]).toEqual(expected);
}

test('a file of the workspace is tried first, as it stands', () => {
  expect(framePlaces('/home/ann/users/src/app.ts', folders).files[0]).toBe('/home/ann/users/src/app.ts');
  expect(framePlaces('file:///home/ann/users/src/my%20app.ts', folders).files[0]).toBe('/home/ann/users/src/my app.ts');
});

test('a relative path is tried in each folder, then searched', () => {
  check('src/app.py', [
    '/home/ann/shop/src/app.py',
    '/home/ann/users/src/app.py',
    '/home/ann/shop/app.py',
    '/home/ann/users/app.py',
    'search src/app.py',
    'search app.py',
  ]);
});

test('the path of a container is tried with each of its tails', () => {
  expect(framePlaces('/usr/src/app/routes/feed.ts', ['/home/ann/shop']).files).toEqual([
    '/home/ann/shop/usr/src/app/routes/feed.ts',
    '/home/ann/shop/src/app/routes/feed.ts',
    '/home/ann/shop/app/routes/feed.ts',
    '/home/ann/shop/routes/feed.ts',
    '/home/ann/shop/feed.ts',
  ]);
});

test('a Windows path is matched in a folder of the same drive, and by its tail', () => {
  expect(framePlaces(String.raw`C:\work\shop\app.js`, ['/c:/work/shop']).files[0]).toBe('/c:/work/shop/app.js');
  expect(framePlaces(String.raw`D:\build\routes\feed.ts`, ['/home/ann/shop']).files).toContain(
    '/home/ann/shop/routes/feed.ts',
  );
});

test('a bundler puts its scheme and a query around the path', () => {
  expect(framePlaces('webpack://shop/./src/feed.ts?a1b2', ['/home/ann/shop']).files[0]).toBe(
    '/home/ann/shop/src/feed.ts',
  );
});

test('nothing outside the folders is tried, whatever a sender writes', () => {
  check('../../etc/passwd', []);
  check('/home/ann/shop/../../../etc/passwd', []);
  check('node:internal/process/task_queues', []);
  check('https://evil.example/x.js', []);
  check('', []);
  expect(framePlaces('/etc/passwd', folders).files.every((file) => file.startsWith('/home/ann/'))).toBe(true);
});

test('a folder whose name only begins like another is not mistaken for it', () => {
  expect(framePlaces('/home/ann/shop-old/a.ts', ['/home/ann/shop']).files).not.toContain('/home/ann/shop-old/a.ts');
});

test('of several files the one with the longest common tail is meant, and none where two are as likely', () => {
  const files = ['/w/a/routes/feed.ts', '/w/b/tests/feed.ts'];
  expect([
    bestMatch('/app/routes/feed.ts', files),
    bestMatch('/elsewhere/feed.ts', files),
    bestMatch('/app/other.ts', files),
  ]).toEqual(['/w/a/routes/feed.ts', undefined, undefined]);
});

test('a frame of the runtime or of a library is not the own code', () => {
  const frames = [
    '/app/src/feed.ts',
    'app.py',
    '/app/node_modules/express/lib/router.js',
    '/usr/lib/python3.12/json/decoder.py',
    '/venv/site-packages/flask/app.py',
    'node:internal/timers',
    '<anonymous>',
    '',
  ];
  expect(frames.filter(isOwnFrame)).toEqual(['/app/src/feed.ts', 'app.py']);
});
