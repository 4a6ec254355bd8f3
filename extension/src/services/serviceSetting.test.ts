import { expect, test } from 'vitest';
import { describeDefinition, parseServiceSetting, withVariables, type ServiceSetting } from './serviceSetting.ts';

/** What the setting's value is understood as, in words. */
function check(value: unknown, expected: string): void {
  expect(textOf(parseServiceSetting('sightline.backend', value))).toBe(expected);
}

function textOf(setting: ServiceSetting): string {
  switch (setting.kind) {
    case 'none':
      return '-';
    case 'given':
      return `${setting.definition.kind}  ${describeDefinition(setting.definition)}`;
    case 'wrong':
      return setting.message;
  }
}

test('nothing is nothing', () => {
  check(undefined, '-');
  check(null, '-');
  check('', '-');
});

test('an object that only adds to the one of another settings file is nothing by itself', () => {
  check({ env: { PORT: '4567' } }, '-');
});

test('a text is the name of a script, a task or a launch configuration', () => {
  check('npm: dev', 'script  npm: dev');
  check('task: Serve it', 'task  task: Serve it');
  check('launch:Server', 'launch  launch: Server');
  check('dev', 'named  dev');
  check('build:watch', 'named  build:watch');
});

test('an object is a program', () => {
  check({ command: 'node', args: ['server.js'], port: 4567 }, 'process  node server.js');
  check({ command: 'flask' }, 'process  flask');
});

test('what cannot be understood is named by a sentence', () => {
  check({ args: [] }, 'The setting "sightline.backend" names no "command".');
  check(
    [],
    'The setting "sightline.backend" is neither an object with a "command" nor the name of a script, task or launch.',
  );
  check({ command: 'a', args: 'b' }, 'The setting "sightline.backend" has "args" that are not a list of texts.');
  check(
    { command: 'a', port: 0 },
    'The setting "sightline.backend" has a "port" that is not a number from 1 to 65535.',
  );
  check(
    { command: 'a', env: { A: 1 } },
    'The setting "sightline.backend" has an "env" that is not an object of texts.',
  );
  check({ command: 'a', cwd: 1 }, 'The setting "sightline.backend" has a "cwd" or "url" that is not a text.');
});

test('the folder and variables of the environment are put in everywhere', () => {
  const definition = {
    kind: 'process',
    command: '${workspaceFolder}/run',
    args: ['--data', '${workspaceFolder}/data'],
    cwd: '${workspaceFolder}/app',
    env: { HOME_OF: '${env:HOME}', GONE: null },
  } as const;
  expect(withVariables(definition, '/w', { HOME: '/h' })).toEqual({
    kind: 'process',
    command: '/w/run',
    args: ['--data', '/w/data'],
    cwd: '/w/app',
    env: { HOME_OF: '/h', GONE: null },
  });
});
