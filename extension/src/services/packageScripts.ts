/** The names of a package.json's scripts, those that start something first; none for text that is no package.json. */
export function parseScripts(text: string): readonly string[] {
  try {
    const { scripts } = JSON.parse(text) as { scripts?: unknown };
    return typeof scripts === 'object' && scripts !== null ? Object.keys(scripts).toSorted(byLikelihood) : [];
  } catch {
    // A package.json that is being edited has no scripts for the moment.
    return [];
  }
}

/** The program that runs a folder's scripts, told by its lock file. */
export function scriptRunnerOf(files: readonly string[]): string {
  const runners = { 'pnpm-lock.yaml': 'pnpm', 'yarn.lock': 'yarn', 'bun.lock': 'bun', 'bun.lockb': 'bun' };
  return Object.entries(runners).find(([file]) => files.includes(file))?.[1] ?? 'npm';
}

const likely = ['dev', 'start:dev', 'start', 'serve', 'server', 'backend', 'watch'];

function byLikelihood(one: string, other: string): number {
  return rank(one) - rank(other);
}

function rank(name: string): number {
  const at = likely.indexOf(name);
  return at === -1 ? likely.length : at;
}
