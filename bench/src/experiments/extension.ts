import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Experiment } from '../bench.ts';
import { FigureSet } from '../figures.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Written by the tests in a real VS Code. */
const editorFigures = join(root, 'e2e', 'out', 'figures.json');

/** What the packaged extension weighs, and what its activation took in the last test in a real VS Code. */
export const extensionExperiment: Experiment = {
  name: 'extension',
  measure: () => {
    const set = new FigureSet([
      { name: 'extension.activation', what: 'extension activation', unit: 'ms', target: { atMost: 100 } },
      { name: 'extension.vsix', what: 'VSIX', unit: 'MB', target: { atMost: 2 } },
    ]);
    addVsix(set);
    addActivation(set);
    return Promise.resolve(set.figures());
  },
};

function addVsix(set: FigureSet): void {
  const [newest] = globSync(['*.vsix', 'extension/*.vsix', 'extension/dist/*.vsix', 'dist/*.vsix'], { cwd: root })
    .map((file) => statSync(join(root, file)))
    .toSorted((a, b) => b.mtimeMs - a.mtimeMs);
  if (newest === undefined) {
    set.note('extension.vsix', 'not measured here: `npm run package` has not been run');
    return;
  }
  set.add('extension.vsix', newest.size / 1e6);
}

function addActivation(set: FigureSet): void {
  const recorded: unknown = existsSync(editorFigures) ? JSON.parse(readFileSync(editorFigures, 'utf8')) : undefined;
  if (
    typeof recorded === 'object' &&
    recorded !== null &&
    'activationMillis' in recorded &&
    typeof recorded.activationMillis === 'number'
  ) {
    set.add('extension.activation', recorded.activationMillis);
    return;
  }
  set.note('extension.activation', 'not measured here: the tests in a real VS Code have recorded none');
}
