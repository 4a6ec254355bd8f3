/**
 * What `activate` returns: for the tests in a real VS Code. It renders what the views show, from the same rows the views are given, and changes nothing.
 */
export interface SightlineTestApi {
  /** Where the hub of this window listens; starts it when it is not running. Rejects with the sentence that a person would see. */
  hub(): Promise<HubAddress>;
  /** The Services view as text: two spaces a level, `label  description` a line. */
  servicesText(): string;
  /** The Traces view as text, with the children of rows that are expanded. */
  tracesText(): string;
  /** The Logs view as text, with the children of rows that are expanded. */
  logsText(): string;
  /** The Errors view as text, with the children of rows that are expanded. */
  errorsText(): string;
  /** The Sampling view as text, with the members of rules that are expanded. */
  samplingText(): string;
  /** Settles once no start, stop or restart is under way. */
  whenIdle(): Promise<void>;
  /** How long `activate` took in this window, in milliseconds. */
  readonly activationMillis: number;
}

export interface HubAddress {
  readonly pid: number;
  readonly version: string;
  readonly dataDir: string;
  /** `xrayUdp`, `xrayTcp`, `otlpHttp`, `otlpGrpc`, `api`, as in the hub's ready line. */
  readonly endpoints: Readonly<
    Partial<Record<'xrayUdp' | 'xrayTcp' | 'otlpHttp' | 'otlpGrpc', string>> & { readonly api: string }
  >;
}
