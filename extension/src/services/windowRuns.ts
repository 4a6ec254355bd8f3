import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Disposable, Emitter, type Event } from '../lifetime.ts';
import { UserError } from '../userError.ts';
import type { ServiceEndpoints } from './serviceState.ts';
import { readTextFile } from './textFile.ts';

/** A run of a service as its window tells the others. Without `since` it is starting. */
export interface WindowRun {
  /** The process of the window's extension host. */
  readonly window: number;
  readonly pid?: number;
  /** ISO 8601. */
  readonly since?: string;
  readonly endpoints: ServiceEndpoints;
}

/** What the windows on one folder tell each other of one service: which of them runs it, and that it should end. */
export interface WindowRuns {
  /** What another window runs, while that window and its process live. */
  other(): WindowRun | undefined;
  /** Says what this window runs, from the moment that it starts it. */
  tell(run: Omit<WindowRun, 'window'>): void;
  /** Says that this window runs it no more; or that `window` does not, for one that this window has taken the place of. */
  withdraw(window?: number): void;
  /** Has the other window end its run. Rejects with a `UserError` where that window does not answer. */
  stopOther(): Promise<void>;
  /** Fires when another window wants the run to end that this one tells of. */
  readonly onDidAskToStop: Event<void>;
}

export interface WindowRunsSurroundings {
  /** The process of this window's extension host. */
  readonly window: number;
  readonly isWindowAlive: (window: number) => boolean;
  /** Whether a process is still the one that was started as this service. */
  readonly isServiceAlive: (pid: number) => boolean;
  readonly sleep: (millis: number) => Promise<void>;
}

/** How soon a window notices that another wants its run to end: one look at a file that is not there. */
const lookMillis = 500;
/** How long the other window may take: a service has five seconds to end by itself. */
const answerMillis = 10_000;

/** Windows that tell each other by a file beside which another one asks for an end. What a window that crashed has left says nothing. */
export class FileWindowRuns extends Disposable implements WindowRuns {
  readonly #file: string;
  readonly #surroundings: WindowRunsSurroundings;
  readonly #asked = this.register(new Emitter<void>());
  readonly onDidAskToStop = this.#asked.event;
  #looking: NodeJS.Timeout | undefined;

  constructor(file: string, surroundings: WindowRunsSurroundings) {
    super();
    this.#file = file;
    this.#surroundings = surroundings;
    this.register({ dispose: () => this.withdraw() });
  }

  other(): WindowRun | undefined {
    const run = parseWindowRun(readTextFile(this.#file));
    return run !== undefined && run.window !== this.#surroundings.window && this.#isAlive(run) ? run : undefined;
  }

  tell(run: Omit<WindowRun, 'window'>): void {
    if (this.isDisposed) {
      return;
    }
    try {
      this.#write({ ...run, endpoints: withoutPasswords(run.endpoints), window: this.#surroundings.window });
    } catch {
      // A disk that is full or read-only: the other windows then know as little as without this, and the run goes on.
      return;
    }
    if (this.#looking === undefined) {
      // Whatever was asked was meant for an earlier run.
      rmSync(this.#request, { force: true });
      this.#looking = setInterval(() => this.#look(), lookMillis);
    }
  }

  withdraw(window = this.#surroundings.window): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
    if (parseWindowRun(readTextFile(this.#file))?.window === window) {
      rmSync(this.#file, { force: true });
      rmSync(this.#request, { force: true });
    }
  }

  async stopOther(): Promise<void> {
    const { sleep } = this.#surroundings;
    const asked = this.other();
    if (asked === undefined) {
      return;
    }
    writeFileSync(this.#request, '');
    for (let waited = 0; waited < answerMillis; waited += lookMillis / 5) {
      if (this.other()?.window !== asked.window) {
        return;
      }
      await sleep(lookMillis / 5);
    }
    rmSync(this.#request, { force: true });
    throw new UserError('The window that runs it did not end it. Stop it there, or close that window.');
  }

  get #request(): string {
    return `${this.#file}.stop`;
  }

  /** Whole or not at all, for those who read it meanwhile. */
  #write(run: WindowRun): void {
    mkdirSync(path.dirname(this.#file), { recursive: true });
    const unfinished = `${this.#file}.${run.window}`;
    writeFileSync(unfinished, JSON.stringify(run), { mode: 0o600 });
    renameSync(unfinished, this.#file);
  }

  #isAlive({ window, pid }: WindowRun): boolean {
    const { isWindowAlive, isServiceAlive } = this.#surroundings;
    return isWindowAlive(window) && (pid === undefined || isServiceAlive(pid));
  }

  #look(): void {
    if (statSync(this.#request, { throwIfNoEntry: false }) !== undefined) {
      rmSync(this.#request, { force: true });
      this.#asked.fire();
    }
  }
}

function parseWindowRun(text: string | undefined): WindowRun | undefined {
  try {
    const run = JSON.parse(text ?? '') as Partial<WindowRun> | null;
    return typeof run?.window === 'number' && typeof run.endpoints === 'object' ? (run as WindowRun) : undefined;
  } catch {
    // None was told, or it is no text of ours.
    return undefined;
  }
}

/** Invariant: no secret is written to the disk. An address that needs one is of no use without it, so it is left out. */
function withoutPasswords(endpoints: ServiceEndpoints): ServiceEndpoints {
  return Object.fromEntries(
    Object.entries(endpoints).filter(([, url]) => !URL.canParse(url) || new URL(url).password === ''),
  );
}
