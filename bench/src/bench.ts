import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { LoadChild } from './load/loadChild.ts';
import type { Figure, FigureSet } from './figures.ts';
import { OthersMeter, waitForQuiet } from './machine.ts';
import type { BenchOptions } from './options.ts';
import { BareServer } from './programs/bareServerProgram.ts';
import { HubProgram, type HubOptions } from './programs/hubProgram.ts';

/** A run in which other programs took more cores than this is not a quiet one. */
const disturbedCores = 0.3;

/** One or more figures that are measured together, in `bench.runs` runs. */
export interface Experiment {
  /** As `--only` takes it. */
  readonly name: string;
  measure(bench: Bench): Promise<Figure[]>;
}

/** What every experiment works with: the load process, the bare server, and hubs and folders that are gone when it has ended. */
export class Bench {
  readonly runs: number;
  readonly isQuick: boolean;
  readonly load = LoadChild.start();
  othersAtMostCores = 0;
  readonly #bare = BareServer.start();
  readonly #folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'));
  readonly #hubs = new Set<HubProgram>();
  readonly #nodeArgs: readonly string[];
  #folders = 0;
  #othersCores: number[] = [];

  constructor({ runs, isQuick, profileFolder }: BenchOptions) {
    this.runs = runs;
    this.isQuick = isQuick;
    this.#nodeArgs = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(profileFolder)}`];
  }

  /** The bare server whose figures are the ceiling. */
  async bareServer(): Promise<BareServer> {
    return await this.#bare;
  }

  /** A size of load, cut to a fifth for `--quick`. */
  scaled(spans: number): number {
    return this.isQuick ? Math.round(spans / 5 / 1_000) * 1_000 : spans;
  }

  say(words: string): void {
    process.stderr.write(`${words}\n`);
  }

  makeFolder(): string {
    this.#folders += 1;
    return join(this.#folder, `data-${this.#folders}`);
  }

  /** A hub on the folder, by default a new one. Ended with the bench at the latest. */
  async startHub(options: Partial<HubOptions> = {}): Promise<HubProgram> {
    const hub = await HubProgram.start({ dataDir: this.makeFolder(), nodeArgs: this.#nodeArgs, ...options });
    this.#hubs.add(hub);
    return hub;
  }

  /**
   * Does each run once other programs are quiet. A run in which they were not is done again, as many times in all as there are runs;
   * after that it counts as it is, and the report says how much the others took.
   */
  async eachRun(set: FigureSet, name: string, run: (number: number) => Promise<void>): Promise<void> {
    let repeats = this.isQuick ? 0 : this.runs;
    for (let number = 1; number <= this.runs; number += 1) {
      this.#othersCores = [];
      const undo = set.remember();
      // oxlint-disable-next-line no-await-in-loop -- runs must not overlap.
      await waitForQuiet();
      // oxlint-disable-next-line no-await-in-loop -- as above.
      await run(number);
      const others = Math.max(0, ...this.#othersCores);
      const isAgain = others > disturbedCores && repeats > 0;
      this.say(
        `${name}: run ${number} of ${this.runs}, others took ${others.toFixed(2)} cores${isAgain ? ', again' : ''}`,
      );
      if (isAgain) {
        repeats -= 1;
        number -= 1;
        undo();
      } else {
        this.othersAtMostCores = Math.max(this.othersAtMostCores, others);
      }
    }
  }

  /** Does what is measured, and keeps account of what programs other than the bench's own and `pids` took of the machine meanwhile. */
  async watched<T>(pids: readonly number[], work: () => Promise<T>): Promise<T> {
    const others = new OthersMeter([this.load.pid, ...pids]);
    const result = await work();
    this.#othersCores.push(others.cores() ?? 0);
    return result;
  }

  /** Ends what a failed experiment left behind. */
  async endHubs(): Promise<void> {
    await Promise.all([...this.#hubs].map((hub) => hub.kill()));
    this.#hubs.clear();
  }

  async end(): Promise<void> {
    await this.endHubs();
    this.load.end();
    (await this.#bare).end();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
