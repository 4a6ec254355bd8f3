import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { commandIds } from './commandTable.ts';
import { contextKeyIds } from './contextKeyTable.ts';
import { settingDefaults } from './settingTable.ts';

const { contributes } = manifest;

/** Compares what package.json says with what the tables say; both ways, since a difference in either direction fails. */
function check(inManifest: readonly string[], inTable: readonly string[]): void {
  expect(sorted(inManifest)).toEqual(sorted(inTable));
}

test('every command of the table is contributed, and every contributed one is in the table', () => {
  check(
    contributes.commands.map(({ command }) => command),
    Object.keys(commandIds),
  );
});

test('every setting of the table is contributed with the same default', () => {
  check(
    Object.entries(properties()).map(([key, { default: value }]) => `${key} = ${JSON.stringify(value)}`),
    Object.entries(settingDefaults).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
  );
});

test('every context key that a condition asks for is set, and every one that is set is asked for', () => {
  const viewsAndSettings = new Set([...viewIds(), ...Object.keys(settingDefaults), ...Object.keys(commandIds)]);
  const asked = conditions().flatMap((condition) => condition.match(/sightline\.\w+/g) ?? []);
  check(
    asked.filter((key) => !viewsAndSettings.has(key)),
    Object.keys(contextKeyIds),
  );
});

test('a command is in the category Sightline, has a title, and an icon where a row or a title bar shows it', () => {
  const shown = new Set(
    [...contributes.menus['view/title'], ...contributes.menus['view/item/context']]
      .filter(({ group }) => /^(inline|navigation)/.test(group))
      .map(({ command }) => command),
  );
  const wrong = contributes.commands.filter(
    (command) =>
      command.category !== 'Sightline' || command.title === '' || (shown.has(command.command) && !('icon' in command)),
  );
  check(
    wrong.map(({ command }) => command),
    [],
  );
});

test('menus, welcome views and walkthroughs name only commands that exist', () => {
  const inMenus = Object.values(contributes.menus).flatMap((items) => items.map(({ command }) => command));
  const inTexts = JSON.stringify([contributes.viewsWelcome, contributes.walkthroughs]).matchAll(/command:([\w.]+)/gi);
  const named = new Set([...inMenus, ...[...inTexts].map(([, command = '']) => command)]);
  const own = [...named].filter((command) => command.startsWith('sightline.') && !command.endsWith('.focus'));
  check(
    own.filter((command) => !(command in commandIds)),
    [],
  );
});

test('what the menus of a view offer while AWS is the source needs no hub', () => {
  const needsHub = new Map(
    contributes.commands.map((each) => [
      each.command,
      'enablement' in each && each.enablement === 'sightline.hub == running',
    ]),
  );
  const ofAws = /view == sightline\.(?:traces|traceFilter|logs|sampling)\b/;
  const offered = Object.values(contributes.menus)
    .flat()
    .filter(({ when }) => ofAws.test(when) && !when.includes('sightline.source != aws'));
  expect(offered.length).toBeGreaterThan(30);
  check(
    offered.flatMap((each) => ('command' in each && needsHub.get(each.command) === true ? [each.command] : [])),
    [],
  );
});

test('a setting has a description and a scope, and none that a folder could misuse is read in Restricted Mode', () => {
  const settings = Object.entries(properties());
  check(
    settings.filter(([, { markdownDescription, scope }]) => !markdownDescription || !scope).map(([key]) => key),
    [],
  );
  const fromFolders = settings.filter(([, { scope }]) => scope !== 'machine' && scope !== 'application');
  const harmless = new Set(['sightline.aws.region']);
  const restricted = new Set(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations);
  check(
    fromFolders
      .map(([key]) => key)
      .filter(
        (key) =>
          !restricted.has(key) && !harmless.has(key) && !/^sightline\.(?:traces|errors|notifications)\./.test(key),
      ),
    [],
  );
});

interface Property {
  readonly default?: unknown;
  readonly scope?: string;
  readonly markdownDescription?: string;
}

function properties(): Record<string, Property> {
  return Object.assign({}, ...contributes.configuration.map((section) => section.properties)) as Record<
    string,
    Property
  >;
}

function viewIds(): string[] {
  return contributes.views.sightline.map(({ id }) => id);
}

/** Every `when` and `enablement`, wherever it stands. */
function conditions(): string[] {
  const found: string[] = [];
  JSON.stringify(contributes, (key, value: unknown) => {
    if ((key === 'when' || key === 'enablement') && typeof value === 'string') {
      found.push(value);
    }
    if (key === 'completionEvents' && Array.isArray(value)) {
      found.push(...(value as string[]).filter((event) => event.startsWith('onContext:')));
    }
    return value;
  });
  return found;
}

function sorted(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted();
}
