// The one table of who may import what. `node scripts/layers.mjs` writes it into .oxlintrc.json as lint rules; layers.test.ts
// fails when the two differ, and shows for each row that a forbidden import is found.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const configFile = fileURLToPath(new URL('../.oxlintrc.json', import.meta.url));
const tests = ['**/*.test.ts', '**/test/**', '**/testing/**'];

/**
 * `files` and `except` are globs, and no file belongs to two rows. An import that matches one of the regular expressions in
 * `never` is an error with the row's name as its message. `example` is such an import, for the test.
 */
export const layers = [
  {
    name: 'telemetry is pure: no Node, no editor, no package',
    files: ['telemetry/src/**/*.ts'],
    except: tests,
    never: ['^[^.]', outwards('')],
    example: { file: 'telemetry/src/model/seeded.ts', imports: 'node:fs' },
  },
  {
    name: 'hub knows neither the editor nor those who use it',
    files: ['hub/src/**/*.ts'],
    except: ['hub/src/client/**'],
    never: ['^vscode$', `^@sightline/${notStartingWith(['telemetry/'])}`, outwards('telemetry')],
    example: { file: 'hub/src/query/seeded.ts', imports: 'vscode' },
  },
  {
    name: 'hub/client runs inside the extension too, so it takes only Node and telemetry',
    files: ['hub/src/client/**/*.ts'],
    except: tests,
    never: [`^${notStartingWith(['node:', '@sightline/telemetry/', './'])}`],
    example: { file: 'hub/src/client/seeded.ts', imports: '../store/telemetryStore.ts' },
  },
  {
    name: 'only extension/src/host and extension.ts import vscode; the hub is known by its client',
    files: ['extension/src/**/*.ts'],
    except: ['extension/src/{host,webviews,contracts}/**', 'extension/src/extension.ts'],
    never: ['^vscode$', ...packagesButClient(), '^(\\.\\./)+(host|webviews)/', outwards('telemetry|hub')],
    example: { file: 'extension/src/services/seeded.ts', imports: 'vscode' },
  },
  {
    name: 'extension/src/host reaches the hub by its client',
    files: ['extension/src/host/**/*.ts', 'extension/src/extension.ts'],
    except: [],
    never: [...packagesButClient(), '^(\\.\\./)+webviews/', outwards('telemetry|hub')],
    example: { file: 'extension/src/host/seeded.ts', imports: '../../../hub/src/store/telemetryStore.ts' },
  },
  {
    name: 'webviews, and what they share with the host, run in a browser',
    files: ['extension/src/{webviews,contracts}/**/*.ts'],
    except: tests,
    never: [
      '^(vscode$|node:)',
      `^@sightline/${notStartingWith(['telemetry/'])}`,
      '^(\\.\\./)+(host|services|sources)/',
      outwards('telemetry|hub'),
    ],
    example: { file: 'extension/src/webviews/seeded.ts', imports: 'node:path' },
  },
  {
    name: 'sample-backend is an app like any other: the wire is its only contract',
    files: ['sample-backend/src/**/*.ts'],
    except: [],
    never: ['^vscode$', '^@sightline/', outwards('telemetry|hub')],
    example: { file: 'sample-backend/src/seeded.ts', imports: '@sightline/telemetry/model/span' },
  },
  {
    name: 'bench measures from outside: the wire, the client of the hub, telemetry',
    files: ['bench/src/**/*.ts'],
    except: [],
    never: ['^vscode$', ...packagesButClient(), '^(\\.\\./){2,}(telemetry|hub|extension|sample-backend)/'],
    example: { file: 'bench/src/seeded.ts', imports: '../../hub/src/store/telemetryStore.ts' },
  },
  {
    name: 'e2e drives the product from outside; only its suite runs inside the editor',
    files: ['e2e/*.ts', 'e2e/{tests,containers}/**/*.ts'],
    except: [],
    never: [
      '^vscode$',
      ...packagesButClient(),
      '^(\\.\\./)+(telemetry|hub|sample-backend)/',
      `^(\\.\\./)+extension/src/${notStartingWith(['contracts/'])}`,
    ],
    example: { file: 'e2e/seeded.ts', imports: 'vscode' },
  },
];

/** The table as overrides of .oxlintrc.json. */
export function lintOverrides() {
  return layers.map(({ name, files, except, never }) => ({
    files,
    ...(except.length > 0 && { excludeFiles: except }),
    rules: {
      'no-restricted-imports': ['error', { patterns: never.map((regex) => ({ regex, message: `Layers: ${name}.` })) }],
    },
  }));
}

/** True for an override that this table made. */
export function isLayerOverride(override) {
  return 'no-restricted-imports' in (override.rules ?? {});
}

/** A path that leaves the package; the packages themselves are imported by name, so that their `exports` hold. */
function outwards(named) {
  const packages = ['extension', 'sample-backend', 'bench', 'e2e', 'scripts', ...named.split('|').filter(Boolean)];
  // Two steps up at least: a package may have a folder of its own with such a name.
  return `^(\\.\\./){2,}(${packages.join('|')})/`;
}

function packagesButClient() {
  return [`^@sightline/${notStartingWith(['telemetry/', 'hub/client/'])}`];
}

/** A regular expression for the texts that start with none of these: the linter's engine has no lookahead. */
function notStartingWith(prefixes) {
  if (prefixes.includes('')) return '';
  const rests = Map.groupBy(prefixes, (prefix) => prefix.slice(0, 1));
  const first = [...rests.keys()].map(escaped);
  const longer = [...rests].map(([letter, group]) => {
    const rest = notStartingWith(group.map((prefix) => prefix.slice(1)));
    return rest === '' ? '' : `${escaped(letter)}${rest}`;
  });
  return `(${[`[^${first.join('')}]`, ...longer.filter(Boolean)].join('|')})`;
}

function escaped(letter) {
  return /[a-z]/i.test(letter) ? letter : `\\${letter}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const config = JSON.parse(readFileSync(configFile, 'utf8'));
  config.overrides = [...(config.overrides ?? []).filter((each) => !isLayerOverride(each)), ...lintOverrides()];
  writeFileSync(configFile, `${JSON.stringify(config, null, 2)}\n`);
  const oxfmt = fileURLToPath(new URL('../node_modules/oxfmt/bin/oxfmt', import.meta.url));
  const run = spawnSync(process.execPath, [oxfmt, configFile], { stdio: 'inherit' });
  process.exitCode = run.status ?? 1;
}
