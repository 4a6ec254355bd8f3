import { expect, test } from 'vitest';
import { chooseEditor, compareVersions, type Surroundings } from './editorChoice.ts';

const desk: Surroundings = {
  platform: 'linux',
  env: { DISPLAY: ':0' },
  codeVersion: () => '1.130.2',
  oldestVersion: '1.125.0',
};

test('a desktop VS Code that is new enough is opened', () => {
  check({}, 'desktop: VS Code 1.130.2 on PATH will be opened.');
});

test('an older one is named, and left alone', () => {
  check(
    { codeVersion: () => '1.99.3' },
    'browser: "code" on PATH is VS Code 1.99.3, and Sightline needs 1.125.0: a newer one will be served to a browser.',
  );
});

test('without code on PATH, or a display to show it on, VS Code is served to a browser', () => {
  check({ codeVersion: () => undefined }, 'browser: No "code" on PATH: VS Code will be served to a browser.');
  check({ env: {} }, 'browser: No display here: VS Code will be served to a browser.');
});

test('in a terminal of a remote window the sample opens in that window', () => {
  check(
    { env: { VSCODE_IPC_HOOK_CLI: '/run/vscode-ipc.sock' } },
    'remote: This is a terminal of a remote VS Code 1.130.2: the sample opens there.',
  );
});

test('--no-open opens nothing, whatever there is', () => {
  expect(chooseEditor({ noOpen: true }, desk).kind).toBe('browser');
});

test('versions compare by number', () => {
  const sorted = ['1.9.0', '1.125.0', '1.125.1-insider', '2.0.0'];
  expect(sorted.toReversed().toSorted(compareVersions)).toEqual(sorted);
});

function check(changes: Partial<Surroundings>, expected: string): void {
  const { kind, sentence } = chooseEditor({ noOpen: false }, { ...desk, ...changes });
  expect(`${kind}: ${sentence}`).toBe(expected);
}
