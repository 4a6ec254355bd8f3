import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly runs: number;
  /** Names of experiments; all when empty. */
  readonly only: readonly string[];
  readonly isQuick: boolean;
  /** Where each hub writes CPU profiles of its threads when it ends, to see where the time goes. */
  readonly profileFolder?: string;
}

export const usage = `Usage: npm run bench -- [options]

  --runs N          runs of each figure, of which the median counts (default 5)
  --only NAME,...   only these experiments
  --profile DIR     CPU profiles of the hub's threads, for Chrome's or VS Code's profile view; they slow it down
  --quick           one run with a fifth of the load: a look, not a measurement
`;

/** Reads the arguments; throws a sentence for the person who typed them. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string' },
      only: { type: 'string' },
      quick: { type: 'boolean' },
      profile: { type: 'string' },
    },
  });
  const isQuick = values.quick ?? false;
  const runs = values.runs === undefined ? (isQuick ? 1 : 5) : Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) {
    throw new RangeError(`--runs takes a number from 1, not "${values.runs}".`);
  }
  return {
    runs,
    only: values.only?.split(',').filter((name) => name !== '') ?? [],
    isQuick,
    ...(values.profile !== undefined && { profileFolder: values.profile }),
  };
}
