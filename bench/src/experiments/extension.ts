import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Experiment } from '../bench.ts';
import { FigureSet } from '../figures.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const packageFile = join(root, 'sightline.vsix');
/** Written by the tests in a real VS Code: `{ tests: [{ notes: ['activation: 31.0 ms'] }] }`. */
const editorReport = join(root, 'e2e', 'out', 'report.json');

/** What only the packaged extension and the last test in a real VS Code can tell. */
export const extensionExperiment: Experiment = {
  name: 'extension',
  measure: () => {
    const set = new FigureSet([
      { name: 'extension.activation', what: 'extension activation', unit: 'ms', target: { atMost: 100 } },
      { name: 'extension.row', what: 'sample: response sent to row in the tree', unit: 'ms', target: { atMost: 700 } },
      { name: 'extension.vsix', what: 'VSIX', unit: 'MB', target: { atMost: 2 } },
    ]);
    if (existsSync(packageFile)) {
      set.add('extension.vsix', statSync(packageFile).size / 1e6);
    } else {
      set.note('extension.vsix', 'not measured here: `npm run package` has not been run');
    }
    const notes = readNotes();
    addNoted(set, 'extension.activation', notes, /^activation: ([\d.]+) ms$/);
    addNoted(set, 'extension.row', notes, /^response sent -> row: ([\d.]+) ms$/);
    return Promise.resolve(set.figures());
  },
};

function addNoted(set: FigureSet, name: string, notes: readonly string[], form: RegExp): void {
  const noted = notes.map((note) => form.exec(note)?.[1]).filter((value) => value !== undefined);
  for (const value of noted) {
    set.add(name, Number(value));
  }
  set.note(
    name,
    noted.length > 0
      ? 'as the last test in a real VS Code noted it'
      : 'not measured here: no test in a real VS Code has noted it',
  );
}

function readNotes(): readonly string[] {
  if (!existsSync(editorReport)) {
    return [];
  }
  const report = JSON.parse(readFileSync(editorReport, 'utf8')) as { tests: readonly { notes: readonly string[] }[] };
  return report.tests.flatMap(({ notes }) => notes);
}
