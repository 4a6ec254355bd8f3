/** What the suite inside the editor tells the program that opened the editor: one JSON file. */
export interface SuiteReport {
  readonly tests: readonly SuiteResult[];
}

export interface SuiteResult {
  readonly name: string;
  readonly millis: number;
  /** The stack of what failed; absent for a test that passed. */
  readonly error?: string;
  /** Figures worth reading, such as `activation: 31 ms`. */
  readonly notes: readonly string[];
}

/** The variable with the file's name. */
export const reportVariable = 'SIGHTLINE_TEST_REPORT';
