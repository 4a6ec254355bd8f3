import { expect, test } from 'vitest';
import { defaultDataDirectory } from './dataDirectory.ts';

function check(platform: NodeJS.Platform, env: Record<string, string>, expected: string): void {
  const directory = defaultDataDirectory({ platform, env, home: '/home/ada' });
  // `path.join` of the machine that runs the test uses its own separators.
  expect(directory.replaceAll('\\', '/')).toBe(expected);
}

test('Linux keeps state where the XDG base directory specification says', () => {
  check('linux', {}, '/home/ada/.local/state/sightline');
  check('linux', { XDG_STATE_HOME: '/state' }, '/state/sightline');
  check('linux', { XDG_STATE_HOME: 'relative' }, '/home/ada/.local/state/sightline');
  check('linux', { XDG_STATE_HOME: '' }, '/home/ada/.local/state/sightline');
});

test('macOS and Windows have places of their own', () => {
  check('darwin', { XDG_STATE_HOME: '/state' }, '/home/ada/Library/Application Support/Sightline');
  check('win32', { LOCALAPPDATA: 'C:/Users/ada/AppData/Local' }, 'C:/Users/ada/AppData/Local/Sightline');
  check('win32', {}, '/home/ada/AppData/Local/Sightline');
});
