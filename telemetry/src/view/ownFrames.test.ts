import { expect, test } from 'vitest';
import { isOwnFrame, ownFramesFirst } from './ownFrames.ts';

function check(path: string, isOwn: boolean): void {
  expect(`${path} ${isOwnFrame({ path })}`).toBe(`${path} ${isOwn}`);
}

test.each([
  '/srv/app/src/app.js',
  'file:///srv/app/src/app.js',
  'C:\\app\\src\\app.ts',
  'app/routes/activities.py',
  '/srv/app/lib/cart.py',
  'webpack:///./src/app.ts',
  'main.go',
  '/home/me/internal/cart.ts',
])('%s is the app’s own', (path) => {
  check(path, true);
});

test.each([
  '',
  'node:events',
  'node:internal/process/task_queues',
  'internal/timers.js',
  '<anonymous>',
  '<frozen importlib._bootstrap>',
  'native',
  '/srv/app/node_modules/express/lib/router.js',
  'C:\\app\\node_modules\\express\\index.js',
  '/srv/.venv/lib/python3.11/site-packages/flask/app.py',
  '/usr/lib/python3/dist-packages/six.py',
  '/usr/local/lib/python3.12/asyncio/runners.py',
  '/usr/local/go/src/net/http/server.go',
  '/home/me/go/pkg/mod/github.com/x/y.go',
  '/usr/lib/ruby/gems/3.2.0/gems/rack/lib/rack.rb',
  'webpack:///webpack/bootstrap',
])('%s came with a library or a runtime', (path) => {
  check(path, false);
});

test('a stack is read with its own frames first, each kind in the order of the stack', () => {
  const stack = ['node:events', '/app/a.js', '/app/node_modules/b.js', '/app/c.js'].map((path) => ({ path }));
  expect(ownFramesFirst(stack).map(({ frame, isOwn }) => `${isOwn ? '›' : ' '} ${frame.path}`)).toEqual([
    '› /app/a.js',
    '› /app/c.js',
    '  node:events',
    '  /app/node_modules/b.js',
  ]);
});
