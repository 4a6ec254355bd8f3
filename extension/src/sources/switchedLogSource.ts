import type {
  LogEventList,
  LogGroupChange,
  LogGroupJson,
  LogMarkList,
  LogStreamJson,
} from '@sightline/hub/client/logsApi';
import type { LogEventQuery, LogSource } from './logSource.ts';
import { SwitchedSource } from './switchedSource.ts';

/** The log groups of the chosen source. */
export class SwitchedLogSource extends SwitchedSource<LogSource> implements LogSource {
  async listGroups(signal?: AbortSignal): Promise<readonly LogGroupJson[]> {
    return await this.ask((source) => source.listGroups(signal));
  }

  async listStreams(group: string, signal?: AbortSignal): Promise<readonly LogStreamJson[]> {
    return await this.ask((source) => source.listStreams(group, signal));
  }

  async listEvents(query: LogEventQuery, signal?: AbortSignal): Promise<LogEventList> {
    return await this.ask((source) => source.listEvents(query, signal));
  }

  async listMarks(query: LogEventQuery, signal?: AbortSignal): Promise<LogMarkList | undefined> {
    return await this.ask((source) => source.listMarks(query, signal));
  }

  // What changes something is asked of the source that the person saw, and of no other.
  async changeGroup(change: LogGroupChange): Promise<void> {
    await this.chosen.changeGroup(change);
  }

  async deleteGroup(name: string): Promise<void> {
    await this.chosen.deleteGroup(name);
  }
}
