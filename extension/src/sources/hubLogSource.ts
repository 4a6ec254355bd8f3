import type {
  LogEventList,
  LogGroupChange,
  LogGroupJson,
  LogMarkList,
  LogStreamJson,
} from '@sightline/hub/client/logsApi';
import { UserError } from '../userError.ts';
import { HubSource } from './hubSource.ts';
import type { LogEventQuery, LogSource } from './logSource.ts';

/** The log groups of the local hub. */
export class HubLogSource extends HubSource implements LogSource {
  async listGroups(signal?: AbortSignal): Promise<readonly LogGroupJson[]> {
    const { groups } = await this.ask((client) => client.listLogGroups('', signal));
    return groups;
  }

  async listStreams(group: string, signal?: AbortSignal): Promise<readonly LogStreamJson[]> {
    const list = await this.ask((client) => client.listLogStreams(group, signal));
    return list?.streams ?? gone(group);
  }

  async listEvents({ traceId, ...query }: LogEventQuery, signal?: AbortSignal): Promise<LogEventList> {
    const list = await this.ask((client) =>
      client.listLogEvents({ ...query, ...(traceId !== undefined && { trace: traceId }) }, signal),
    );
    return list ?? gone(query.group);
  }

  async listMarks({ traceId, ...query }: LogEventQuery, signal?: AbortSignal): Promise<LogMarkList | undefined> {
    // OpenTelemetry's records lie among the traces' payloads, and are read page by page.
    return query.group.startsWith('otlp/')
      ? undefined
      : await this.ask((client) =>
          client.listLogMarks({ ...query, ...(traceId !== undefined && { trace: traceId }) }, signal),
        );
  }

  async changeGroup(change: LogGroupChange): Promise<void> {
    await this.ask((client) => client.changeLogGroup(change));
  }

  async deleteGroup(name: string): Promise<void> {
    if (!(await this.ask((client) => client.deleteLogGroup(name)))) {
      gone(name);
    }
  }
}

function gone(group: string): never {
  throw new UserError(`There is no log group "${group}" any more.`);
}
