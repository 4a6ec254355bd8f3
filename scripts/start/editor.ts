import type { StartPorts } from './startPorts.ts';

/** A VS Code that `npm start` opened. */
export interface Editor {
  /** Where it is served, when it is served to a browser. */
  readonly url?: string;
  readonly pid: number;
  /** Resolves when the person has closed it, or it ended by itself. */
  ended(): Promise<void>;
  stop(): Promise<void>;
}

export interface OpenOptions {
  readonly stateFolder: string;
  readonly sampleFolder: string;
  readonly extensionFolder: string;
  readonly ports: StartPorts;
}
