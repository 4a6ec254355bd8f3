import { expect, test } from 'vitest';
import { parseScripts, scriptRunnerOf } from './packageScripts.ts';

function check(packageJson: string, expected: string): void {
  expect(parseScripts(packageJson).join(' ')).toBe(expected);
}

test('scripts that start something come first, the others as they are written', () => {
  check('{"scripts":{"build":"","start":"","test":"","dev":""}}', 'dev start build test');
});

test('text that is no package.json has no scripts', () => {
  check('{"scripts":', '');
  check('{"scripts":null}', '');
  check('[]', '');
});

test('the lock file tells what runs them', () => {
  expect(scriptRunnerOf(['package.json', 'pnpm-lock.yaml'])).toBe('pnpm');
  expect(scriptRunnerOf(['yarn.lock'])).toBe('yarn');
  expect(scriptRunnerOf(['package-lock.json'])).toBe('npm');
});
