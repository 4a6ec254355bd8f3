import type { LogLevel } from '@sightline/telemetry/model/logEvent';

/** What the log table asks of the editor. A view is one choice of lines, numbered from 1; an answer about an older view is not used. */
export type LogTableQuestions = {
  /** First of all: what to show, as it was left. */
  readonly begin: { readonly asks: undefined; readonly answers: LogTableBeginning };
  /** Shows other lines, or the newest ones anew. */
  readonly choose: { readonly asks: LogTableChoice; readonly answers: LogTableView };
  readonly rows: { readonly asks: RowRange; readonly answers: LogTableRows };
  /** The whole message of a line that was cut. */
  readonly message: { readonly asks: { readonly view: number; readonly index: number }; readonly answers: string };
  /** The nearest line that contains a text, in upper or lower case; absent where there is none. Takes long where it is far. */
  readonly find: { readonly asks: FindQuestion; readonly answers: { readonly index?: number } };
  /** Copies lines; answers how many. */
  readonly copy: { readonly asks: RowRange; readonly answers: number };
  /** Asks a person for a file and writes all lines of the view to it; answers false where they would not. */
  readonly save: { readonly asks: { readonly view: number }; readonly answers: boolean };
  readonly openTrace: { readonly asks: { readonly traceId: string }; readonly answers: undefined };
  /** Reading goes on or stands still: while it stands still, new lines are only counted. */
  readonly follow: { readonly asks: { readonly isFollowing: boolean }; readonly answers: LogTableView };
};

/** What the editor asks of the log table. */
export type LogTableNews = {
  /** Other lines are the newest now. */
  readonly viewChanged: { readonly asks: LogTableView; readonly answers: undefined };
  /** Other lines were chosen from outside: the table is to begin anew. */
  readonly restarted: { readonly asks: undefined; readonly answers: undefined };
  readonly waiting: { readonly asks: LogTableWaiting; readonly answers: undefined };
  /** Why nothing new comes, or nothing. */
  readonly trouble: { readonly asks: { readonly message?: string }; readonly answers: undefined };
};

export interface LogTableBeginning {
  readonly title: string;
  readonly choice: LogTableChoice;
  readonly view: LogTableView;
  readonly isFollowing: boolean;
  /** The line to show selected. */
  readonly selected?: number;
}

/** Which lines of its group or stream the table shows. */
export interface LogTableChoice {
  readonly pattern: string;
  /** Nanoseconds since the Unix epoch as decimal text, both included. */
  readonly from?: string;
  readonly to?: string;
}

export interface LogTableView {
  readonly view: number;
  /** Index 0 is the newest line. */
  readonly count: RowCount;
  /** The first rows, so that a new view is drawn at once. */
  readonly rows: readonly LogTableRow[];
  /** Lines that came and went again between two looks, too fast to be drawn, since the table follows. */
  readonly passed: number;
}

/** How many rows there are; `isExact` false where that is only as far as has been looked. */
export interface RowCount {
  readonly rows: number;
  readonly isExact: boolean;
}

export interface RowRange {
  readonly view: number;
  readonly start: number;
  readonly count: number;
}

export interface LogTableRows {
  readonly view: number;
  readonly start: number;
  readonly rows: readonly LogTableRow[];
  readonly count: RowCount;
}

export interface LogTableRow {
  readonly id: string;
  readonly stream: string;
  /** Nanoseconds since the Unix epoch as decimal text. */
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
  /** The message is longer than this; `message` asks for all of it. */
  readonly isCut?: true;
  readonly traceId?: string;
}

export interface FindQuestion {
  readonly view: number;
  readonly text: string;
  /** Where to begin: the row itself is looked at too. */
  readonly from: number;
  readonly direction: 'older' | 'newer';
}

export interface LogTableWaiting {
  readonly lines: number;
  /** There are more than `lines`. */
  readonly isMore: boolean;
}

/** What a webview keeps of the table over a reload of the window. */
export interface LogTableMemory {
  readonly scope: { readonly group: string; readonly streams?: readonly string[]; readonly traceId?: string };
  readonly choice: LogTableChoice;
}
