import type { ErrorGroupJson } from '@sightline/hub/client/errorsApi';
import { Disposable, type Disposer } from '../lifetime.ts';
import type { ErrorSource } from '../sources/errorSource.ts';
import { NewErrors } from './newErrors.ts';
import { oneLine } from './errorItemView.ts';
import { toCountText } from './tracesText.ts';
import type { Clock } from './tracesController.ts';

/** A message about one new error, or about several that came while another message was shown. */
export interface ErrorNotice {
  readonly text: string;
  readonly severity: 'error' | 'warning';
  /** Absent for several. */
  readonly counter?: number;
}

/** Shows messages to a person. */
export interface NoticeScreen {
  /** Settles once the message has gone. */
  show(notice: ErrorNotice): Promise<void>;
}

/** Decides between the windows of one hub. */
export interface NoticeRight {
  /** Answers the groups that this window is to tell of; no other window is answered the same. Never rejects. */
  claim(groups: readonly ErrorGroupJson[]): Promise<readonly ErrorGroupJson[]>;
}

/** What is asked for at first, to know what was there before, and what each time after that. */
const knownAtFirst = 1000;
const newestAsked = 50;
/** Titles that a message about several errors names. */
const titlesNamed = 2;

/**
 * Tells of new errors as they come, for as long as it is switched on.
 * Invariant: no more than one message is shown; what comes meanwhile is one message after it.
 */
export class ErrorNotices extends Disposable {
  readonly #source: ErrorSource;
  readonly #screen: NoticeScreen;
  readonly #right: NoticeRight;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  #feed: Disposer | undefined;
  #news: NewErrors | undefined;
  #waiting: ErrorGroupJson[] = [];
  #isShowing = false;
  #isWanted = false;
  #isAsking = false;
  #isFirst = true;

  constructor(source: ErrorSource, screen: NoticeScreen, right: NoticeRight, clock: Clock) {
    super();
    this.#source = source;
    this.#screen = screen;
    this.#right = right;
    this.#clock = clock;
    this.register({ dispose: () => this.#ended.abort() });
    this.register({ dispose: () => this.switchOff() });
  }

  /** From now on; what is there already is not told of. */
  switchOn(): void {
    if (this.#feed === undefined) {
      this.#news = new NewErrors(this.#clock.now());
      this.#isFirst = true;
      this.#feed = this.#source.onDidChange(({ errors }) => this.#ask(errors === true));
      this.#ask(true);
    }
  }

  switchOff(): void {
    this.#feed?.dispose();
    this.#feed = undefined;
    this.#waiting = [];
  }

  #ask(haveErrorsChanged: boolean): void {
    this.#isWanted ||= haveErrorsChanged;
    if (this.#isWanted && !this.#isAsking && this.#source.state.kind === 'ready') {
      this.#isAsking = true;
      void this.#askUntilCurrent().finally(() => (this.#isAsking = false));
    }
  }

  async #askUntilCurrent(): Promise<void> {
    while (this.#isWanted && this.#feed !== undefined) {
      this.#isWanted = false;
      const news = this.#news;
      try {
        const limit = this.#isFirst ? knownAtFirst : newestAsked;
        const page = await this.#source.listErrorGroups({ limit }, this.#ended.signal);
        // Switched off, or off and on again, meanwhile: the answer is of before.
        if (this.#feed !== undefined && news === this.#news) {
          this.#isFirst = false;
          void this.#tellClaimed(news?.freshIn(page) ?? []);
        }
      } catch {
        // The Errors view says what is wrong with the hub; it is asked again at the next change.
        return;
      }
    }
  }

  async #tellClaimed(fresh: readonly ErrorGroupJson[]): Promise<void> {
    const news = this.#news;
    const claimed = fresh.length === 0 ? [] : await this.#right.claim(fresh);
    if (this.#feed !== undefined && news === this.#news) {
      this.#tell(claimed);
    }
  }

  #tell(fresh: readonly ErrorGroupJson[]): void {
    this.#waiting.push(...fresh.toReversed());
    if (!this.#isShowing && this.#waiting.length > 0) {
      this.#isShowing = true;
      void this.#showWaiting().finally(() => (this.#isShowing = false));
    }
  }

  async #showWaiting(): Promise<void> {
    while (this.#waiting.length > 0 && !this.isDisposed) {
      const groups = this.#waiting;
      this.#waiting = [];
      await this.#screen.show(noticeOf(groups));
    }
  }
}

function noticeOf(groups: readonly ErrorGroupJson[]): ErrorNotice {
  const [first, ...others] = groups;
  const severity = groups.some(({ level }) => level !== 'warning') ? 'error' : 'warning';
  if (first !== undefined && others.length === 0) {
    const said = first.reactivated ? 'Resolved, but happened again' : `New ${severity}`;
    return { text: `${said}: ${oneLine(first.title)}`, severity, counter: first.counter };
  }
  const named = groups.slice(0, titlesNamed).map(({ title }) => oneLine(title).slice(0, 80));
  const left = groups.length - named.length;
  const titles = left > 0 ? `${named.join(', ')} and ${left} more` : named.join(' and ');
  return { text: `${toCountText(groups.length, 'new error')}: ${titles}`, severity };
}
