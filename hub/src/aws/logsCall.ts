import type { LogStore } from '../store/logs/logStore.ts';
import type { LogsInput } from './logsParameters.ts';
import type { LogsTokens } from './logsTokens.ts';

/** What an operation is given beside its input. */
export interface LogsContext {
  readonly logs: LogStore;
  readonly tokens: LogsTokens;
  /** The region that the client signed for. */
  readonly region: string;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** An operation: its output as JSON. Throws `LogRefusal` in AWS's words. */
export type LogsOperation = (input: LogsInput, context: LogsContext) => Promise<object | undefined>;

const account = '000000000000';

export function groupArnOf(region: string, group: string): string {
  return `arn:aws:logs:${region}:${account}:log-group:${group}`;
}
