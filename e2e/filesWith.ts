import { globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Every file below a folder that holds this text, those whose names begin with a dot too. */
export function filesWith(text: string, below: string): string[] {
  const files = globSync(['**/*', '**/.*', '**/.*/**/*'], { cwd: below }).map((name) => path.join(below, name));
  return [...new Set(files)].filter(
    (file) => statSync(file, { throwIfNoEntry: false })?.isFile() === true && readFileSync(file).includes(text),
  );
}
