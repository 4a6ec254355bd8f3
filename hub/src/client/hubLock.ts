import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Endpoints, HealthReply } from './api.ts';
import { openReply, readReply } from './hubHttp.ts';

/** What a running hub writes about itself into its data directory. */
export interface HubRecord {
  readonly pid: number;
  /** Such as `http://127.0.0.1:4319`. */
  readonly api: string;
  readonly version: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** As in the ready line, for windows that join a hub which another one started. */
  readonly endpoints?: Endpoints;
  /** Further names by which the hub can be called, such as that of its service, for readers in another container. */
  readonly names?: readonly string[];
}

/** The file with the `HubRecord`. It outlives a killed hub, so it is believed only when `/health` confirms it. */
export function hubRecordFileOf(dataDir: string): string {
  return join(dataDir, 'hub.json');
}

/**
 * The hub that runs on a data directory and answers there now, with the addresses by which it does; `undefined` where none does. Throws only the signal's
 * reason. The directory may be a volume that containers share: then the hub's own address leads nowhere here, and one of its names does.
 */
export async function findRunningHub(dataDir: string, signal?: AbortSignal): Promise<HubRecord | undefined> {
  const record = await readHubRecord(dataDir);
  if (record === undefined) {
    return undefined;
  }
  for (const reached of [record, ...(record.names ?? []).map((name) => calledBy(record, name))]) {
    const health = await askHealth(reached.api, signal);
    if (health?.pid === record.pid) {
      return reached;
    }
  }
  return undefined;
}

/** The record with a name in place of the address in each of its endpoints. */
function calledBy(record: HubRecord, name: string): HubRecord {
  const renamed = (endpoint: string): string => endpoint.replace(/^(\w+:\/\/)?.*(:\d+)$/, `$1${name}$2`);
  const { api, endpoints } = record;
  return {
    ...record,
    api: renamed(api),
    ...(endpoints !== undefined && {
      endpoints: {
        ...Object.fromEntries(Object.entries(endpoints).map(([key, endpoint]) => [key, renamed(endpoint)])),
        api: renamed(endpoints.api),
      },
    }),
  };
}

/** What the last hub of a data directory wrote about itself, which may be long gone; `undefined` where there is nothing readable. */
export async function readHubRecord(dataDir: string): Promise<HubRecord | undefined> {
  const text = await readFile(hubRecordFileOf(dataDir), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : parseHubRecord(text);
}

/** What answers at `/health` of an endpoint; `undefined` when nothing does within two seconds, or it is no hub. */
export async function askHealth(endpoint: string, signal?: AbortSignal): Promise<HealthReply | undefined> {
  try {
    const reply = await openReply({ endpoint, method: 'GET', path: '/health', silenceMillis: 2_000 }, signal);
    const health: unknown = JSON.parse((await readReply(reply, signal)).toString());
    return isHealthReply(health) ? health : undefined;
  } catch {
    // Whatever went wrong there (refused, no JSON, silence): no hub answers, which is the whole question.
    signal?.throwIfAborted();
    return undefined;
  }
}

function parseHubRecord(text: string): HubRecord | undefined {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isHubRecord(record) ? record : undefined;
}

function isHubRecord(value: unknown): value is HubRecord {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'api' in value &&
    typeof value.api === 'string' &&
    URL.canParse(value.api) &&
    'version' in value &&
    typeof value.version === 'string'
  );
}

function isHealthReply(value: unknown): value is HealthReply {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'version' in value &&
    typeof value.version === 'string'
  );
}
