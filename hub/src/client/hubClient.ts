import { readFile } from 'node:fs/promises';
import type { ErrorStatus } from '@sightline/telemetry/model/errorItem';
import type { CostSettingsChange } from '@sightline/telemetry/cost/costSettings';
import type { SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import type {
  HealthReply,
  ProblemList,
  RawTrace,
  SpanJson,
  StatsReply,
  TraceDetail,
  TraceList,
  TraceTreeRows,
} from './api.ts';
import type { CostJson, CostReads, CostReadsReply } from './costApi.ts';
import type { LeaseClaim, LeaseReply } from './leasesApi.ts';
import type { ErrorGroupChange, ErrorGroupJson, ErrorGroupList, OccurrenceJson, OccurrenceList } from './errorsApi.ts';
import type { FilterFactsJson, GroupChange, GroupJson, GroupList } from './filterApi.ts';
import type { ServiceMapReply } from './mapApi.ts';
import type { LogEventList, LogMarkList, LogGroupChange, LogGroupList, LogStreamList } from './logsApi.ts';
import type {
  DryRunJson,
  ExplainAnswer,
  ExplainQuestion,
  SamplingImport,
  SamplingJson,
  SamplingRuleJson,
} from './samplingApi.ts';
import type {
  RelayChange,
  RelayDestination,
  RelayList,
  RelayResendReply,
  RelayStatus,
  RelayTestReply,
} from './relayApi.ts';
import { ChangeSubscription, type ChangeListener } from './changeSubscription.ts';
import { tokenFileOf } from './dataDirectory.ts';
import { HubError } from './hubError.ts';
import { openReply, readReply, type HubRequest } from './hubHttp.ts';
import { findRunningHub } from './hubLock.ts';
import { Agent } from './nodeHttp.ts';

/**
 * Where a hub is. By its data directory, the hub is looked up there again whenever it stops answering, so that a restart
 * on another port is followed.
 */
export type HubLocation = { readonly endpoint: string; readonly token: string } | { readonly dataDir: string };

/**
 * `health: 'exclude'` leaves health-check traces out and answers their number; `filter` is an X-Ray filter expression, with which a page may be
 * short while there is a next one.
 */
export interface TraceListQuery {
  readonly limit?: number;
  readonly before?: string;
  readonly health?: 'exclude';
  readonly filter?: string;
}

/** `status` absent: groups of any. */
export interface ErrorGroupListQuery {
  readonly status?: ErrorStatus;
  readonly limit?: number;
  readonly before?: string;
}

/** `group` absent: events of all; `from` and `to` in nanoseconds as decimal text, both included; `trace` in either spelling. */
export interface LogEventListQuery {
  readonly group?: string;
  readonly streams?: readonly string[];
  readonly pattern?: string;
  readonly from?: string;
  readonly to?: string;
  readonly before?: string;
  /** 1 to 1000. */
  readonly limit?: number;
  readonly trace?: string;
}

/** With `trace` it is the map of one trace; `from` and `to` in nanoseconds as decimal text, both included; `filter` an X-Ray filter expression. */
export interface ServiceMapQuery {
  readonly from?: string;
  readonly to?: string;
  readonly filter?: string;
  readonly trace?: string;
}

const silenceMillis = 30_000;

/**
 * The hub as its windows see it: one keep-alive connection pool, typed answers, and the change feed.
 * Every method rejects with `HubError`, or with the signal's reason when it is aborted; trace ids are taken in both spellings.
 */
export class HubClient {
  readonly #location: HubLocation;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8, maxFreeSockets: 4 });
  readonly #subscriptions = new Set<ChangeSubscription>();
  #found: { readonly endpoint: string; readonly token: string } | undefined;

  constructor(location: HubLocation) {
    this.#location = location;
  }

  /** Makes a client and asks the hub once, so that a wrong place or token shows here. */
  static async connect(location: HubLocation, signal?: AbortSignal): Promise<HubClient> {
    const client = new HubClient(location);
    try {
      await client.stats(signal);
    } catch (error) {
      client.dispose();
      throw error;
    }
    return client;
  }

  /** Answers without a token, so it also works on a hub whose token is not known. */
  async health(signal?: AbortSignal): Promise<HealthReply> {
    return await this.#ask('GET', '/health', signal);
  }

  async listTraces(query: TraceListQuery = {}, signal?: AbortSignal): Promise<TraceList> {
    return await this.#ask('GET', `/sightline/v1/traces?${searchOf({ ...query })}`, signal);
  }

  /** The rows of a trace's tree, in their compact form; `undefined` where the hub has no such trace. */
  async loadTreeRows(traceId: string, signal?: AbortSignal): Promise<TraceTreeRows | undefined> {
    return await this.#find(`${tracePath(traceId)}/rows`, signal);
  }

  /** One span with everything its sender said; `undefined` where the hub has no such span. */
  async loadSpan(traceId: string, spanId: string, signal?: AbortSignal): Promise<SpanJson | undefined> {
    return await this.#find(`${tracePath(traceId)}/spans/${encodeURIComponent(spanId)}`, signal);
  }

  /** The whole trace, every span decoded: for scripts and exports rather than views. */
  async loadTrace(traceId: string, signal?: AbortSignal): Promise<TraceDetail | undefined> {
    return await this.#find(tracePath(traceId), signal);
  }

  /** The documents of a trace as they came. */
  async loadRaw(traceId: string, signal?: AbortSignal): Promise<RawTrace | undefined> {
    return await this.#find(`${tracePath(traceId)}/raw`, signal);
  }

  /** Services and the calls between them. */
  async loadServiceMap(query: ServiceMapQuery = {}, signal?: AbortSignal): Promise<ServiceMapReply> {
    return await this.#ask('GET', `/sightline/v1/map?${searchOf({ ...query })}`, signal);
  }

  /** The group that was seen last comes first. */
  async listErrorGroups(query: ErrorGroupListQuery = {}, signal?: AbortSignal): Promise<ErrorGroupList> {
    return await this.#ask('GET', `/sightline/v1/errors?${searchOf({ ...query })}`, signal);
  }

  /** Newest first; `undefined` where the hub has no such group. A page may be shorter than `limit` where occurrences are large. */
  async listOccurrences(
    counter: number,
    query: { readonly limit?: number; readonly before?: string } = {},
    signal?: AbortSignal,
  ): Promise<OccurrenceList | undefined> {
    return await this.#find(`/sightline/v1/errors/${counter}/occurrences?${searchOf(query)}`, signal);
  }

  /** Newest first: the errors that were reported in one trace, whatever their group. */
  async listOccurrencesOfTrace(traceId: string, limit = 20, signal?: AbortSignal): Promise<OccurrenceList> {
    const search = searchOf({ trace: traceId, limit });
    return await this.#ask('GET', `/sightline/v1/errors/occurrences?${search}`, signal);
  }

  /** `undefined` where the hub has no such occurrence (any more). */
  async loadOccurrence(counter: number, id: string, signal?: AbortSignal): Promise<OccurrenceJson | undefined> {
    return await this.#find(`/sightline/v1/errors/${counter}/occurrences/${encodeURIComponent(id)}`, signal);
  }

  /** Resolves, mutes or reopens a group. Answers it as it is then; `undefined` where the hub has no such group. */
  async changeErrorGroup(
    counter: number,
    change: ErrorGroupChange,
    signal?: AbortSignal,
  ): Promise<ErrorGroupJson | undefined> {
    const { status, body } = await this.#send('PATCH', `/sightline/v1/errors/${counter}`, signal, {
      expected: [404],
      body: JSON.stringify(change),
    });
    return status === 404 ? undefined : (parseBody(body) as ErrorGroupJson);
  }

  /** By name. */
  async listLogGroups(prefix = '', signal?: AbortSignal): Promise<LogGroupList> {
    return await this.#ask('GET', `/sightline/v1/logs/groups?${searchOf({ prefix })}`, signal);
  }

  /** The one written last comes first; `undefined` where the hub has no such group. */
  async listLogStreams(group: string, signal?: AbortSignal): Promise<LogStreamList | undefined> {
    return await this.#find(`/sightline/v1/logs/streams?${searchOf({ group })}`, signal);
  }

  /** Newest first; `undefined` where the hub has no such group. */
  async listLogEvents(
    { streams = [], ...query }: LogEventListQuery = {},
    signal?: AbortSignal,
  ): Promise<LogEventList | undefined> {
    const ofStreams = streams.map((stream) => `&${searchOf({ stream })}`).join('');
    return await this.#find(`/sightline/v1/logs/events?${searchOf({ ...query })}${ofStreams}`, signal);
  }

  /** Where every `limit`th event lies, newest first; `undefined` where the hub has no such group. */
  async listLogMarks(
    { streams = [], ...query }: LogEventListQuery = {},
    signal?: AbortSignal,
  ): Promise<LogMarkList | undefined> {
    const ofStreams = streams.map((stream) => `&${searchOf({ stream })}`).join('');
    return await this.#find(`/sightline/v1/logs/marks?${searchOf({ ...query })}${ofStreams}`, signal);
  }

  /** Creates the group where it is not there, and sets its retention where one is given. */
  async changeLogGroup(change: LogGroupChange, signal?: AbortSignal): Promise<void> {
    await this.#send('PUT', '/sightline/v1/logs/groups', signal, { body: JSON.stringify(change) });
  }

  /** Removes a group with its streams and events. Answers false where the hub has no such group. */
  async deleteLogGroup(name: string, signal?: AbortSignal): Promise<boolean> {
    const path = `/sightline/v1/logs/groups?${searchOf({ name })}`;
    const { status } = await this.#send('DELETE', path, signal, { expected: [404] });
    return status !== 404;
  }

  /** What a filter could ask for, as the hub has seen it. */
  async loadFilterFacts(signal?: AbortSignal): Promise<FilterFactsJson> {
    return await this.#ask('GET', '/sightline/v1/filter-facts', signal);
  }

  /** X-Ray's groups, which are the saved filters, by name. */
  async listGroups(signal?: AbortSignal): Promise<GroupList> {
    return await this.#ask('GET', '/sightline/v1/groups', signal);
  }

  /** Creates a group, changes its filter, or renames it. Answers it as it is then. */
  async changeGroup(change: GroupChange, signal?: AbortSignal): Promise<GroupJson> {
    const { body } = await this.#send('PUT', '/sightline/v1/groups', signal, { body: JSON.stringify(change) });
    return parseBody(body) as GroupJson;
  }

  /** Answers false where the hub has no such group. */
  async deleteGroup(name: string, signal?: AbortSignal): Promise<boolean> {
    const path = `/sightline/v1/groups?${searchOf({ name })}`;
    const { status } = await this.#send('DELETE', path, signal, { expected: [404] });
    return status !== 404;
  }

  /** In order of priority, with how often each matched in the last minutes. */
  async listSamplingRules(signal?: AbortSignal): Promise<SamplingJson> {
    return await this.#ask('GET', '/sightline/v1/sampling', signal);
  }

  /** Adds a rule; refused where one of its name is there. */
  async createSamplingRule(rule: SamplingRule, signal?: AbortSignal): Promise<SamplingRuleJson> {
    return await this.#post('/sightline/v1/sampling/rules', JSON.stringify(rule), signal);
  }

  /** Takes the place of the rule of the same name; refused where there is none. */
  async changeSamplingRule(rule: SamplingRule, signal?: AbortSignal): Promise<SamplingRuleJson> {
    const { body } = await this.#send('PUT', samplingRulePath(rule.RuleName), signal, { body: JSON.stringify(rule) });
    return parseBody(body) as SamplingRuleJson;
  }

  /** Answers false where the hub has no such rule. */
  async deleteSamplingRule(name: string, signal?: AbortSignal): Promise<boolean> {
    const { status } = await this.#send('DELETE', samplingRulePath(name), signal, { expected: [404] });
    return status !== 404;
  }

  /** Makes rules what they are in the text of a file, or, as a preview, only answers what that would change. */
  async importSamplingRules(
    text: string,
    { isPreview = false }: { readonly isPreview?: boolean } = {},
    signal?: AbortSignal,
  ): Promise<SamplingImport> {
    return await this.#post(`/sightline/v1/sampling/import${isPreview ? '?preview=1' : ''}`, text, signal);
  }

  /** Which rule catches a request, and why the others do not. */
  async explainSampling(question: ExplainQuestion, signal?: AbortSignal): Promise<ExplainAnswer> {
    return await this.#post('/sightline/v1/sampling/explain', JSON.stringify(question), signal);
  }

  /** What the sampling rules would do with the requests of the last hour. */
  async dryRunSampling(signal?: AbortSignal): Promise<DryRunJson> {
    return parseBody((await this.#send('POST', '/sightline/v1/sampling/dry-run', signal)).body) as DryRunJson;
  }

  /** What went out this hour and this month, and what it costs. */
  async loadCost(signal?: AbortSignal): Promise<CostJson> {
    return await this.#ask('GET', '/sightline/v1/cost', signal);
  }

  /** Changes caps, prices or how an account bills. Answers as `loadCost`. */
  async changeCostSettings(change: CostSettingsChange, signal?: AbortSignal): Promise<CostJson> {
    const { body } = await this.#send('PUT', '/sightline/v1/cost/settings', signal, { body: JSON.stringify(change) });
    return parseBody(body) as CostJson;
  }

  /** Has what was read from a destination counted, and answers whether a cap is reached there. */
  async countReads(reads: CostReads, signal?: AbortSignal): Promise<CostReadsReply> {
    return await this.#post('/sightline/v1/cost/reads', JSON.stringify(reads), signal);
  }

  async stats(signal?: AbortSignal): Promise<StatsReply> {
    return await this.#ask('GET', '/sightline/v1/stats', signal);
  }

  /** Newest first; `limit` is 1 to 1000. */
  async listProblems(limit = 100, signal?: AbortSignal): Promise<ProblemList> {
    return await this.#ask('GET', `/sightline/v1/problems?limit=${limit}`, signal);
  }

  async clearProblems(signal?: AbortSignal): Promise<void> {
    await this.#send('DELETE', '/sightline/v1/problems', signal);
  }

  /** A pinned trace survives retention and `clearTraces`. Answers false where the hub has no such trace. */
  async setPinned(traceId: string, pinned: boolean, signal?: AbortSignal): Promise<boolean> {
    const { status } = await this.#send(pinned ? 'PUT' : 'DELETE', `${tracePath(traceId)}/pin`, signal, {
      expected: [404],
    });
    return status !== 404;
  }

  /** Removes everything that is not pinned. */
  async clearTraces(signal?: AbortSignal): Promise<void> {
    await this.#send('DELETE', '/sightline/v1/traces', signal);
  }

  /** Asks to be the one who does what `name` stands for. `name` is up to 100 letters, digits and `_ . : -`. */
  async claimLease(name: string, claim: LeaseClaim, signal?: AbortSignal): Promise<LeaseReply> {
    const { body } = await this.#send('PUT', `/sightline/v1/leases/${name}`, signal, { body: JSON.stringify(claim) });
    return parseBody(body) as LeaseReply;
  }

  /** Lets a lease go; nothing happens where another holds it. */
  async releaseLease(name: string, holder: string, signal?: AbortSignal): Promise<void> {
    await this.#send('DELETE', `/sightline/v1/leases/${name}?${searchOf({ holder })}`, signal);
  }

  /** What goes on to the clouds, and how that goes. */
  async listRelay(signal?: AbortSignal): Promise<RelayList> {
    return await this.#ask('GET', '/sightline/v1/relay', signal);
  }

  /** Switches a destination on or off and hands over its secrets, which the hub keeps in memory only. Answers how it is then. */
  async changeRelay(destination: RelayDestination, change: RelayChange, signal?: AbortSignal): Promise<RelayStatus> {
    const path = `/sightline/v1/relay/${destination}`;
    const { body } = await this.#send('PUT', path, signal, { body: JSON.stringify(change) });
    return parseBody(body) as RelayStatus;
  }

  /** Checks a key and sends a test; with `change` before it is used, without it as the destination is set now. */
  async testRelay(destination: RelayDestination, change?: RelayChange, signal?: AbortSignal): Promise<RelayTestReply> {
    const body = change === undefined ? '' : JSON.stringify(change);
    return await this.#post(`/sightline/v1/relay/${destination}/test`, body, signal);
  }

  /** Tries what was refused once more. */
  async resendRelay(destination: RelayDestination, signal?: AbortSignal): Promise<RelayResendReply> {
    return await this.#post(`/sightline/v1/relay/${destination}/resend`, '', signal);
  }

  /** Asks the hub to flush and end; it answers before it does. */
  async shutdown(signal?: AbortSignal): Promise<void> {
    await this.#send('POST', '/sightline/v1/shutdown', signal);
  }

  /**
   * Follows the change feed until the returned function is called. A lost connection is tried again, at first at once,
   * then ever less often up to every five seconds; after `connected` a view should look again at what it shows.
   */
  subscribe(listener: ChangeListener): () => void {
    const subscription = new ChangeSubscription({
      listener,
      locate: () => this.#locate(),
      forget: () => this.#forget(),
    });
    this.#subscriptions.add(subscription);
    return () => {
      this.#subscriptions.delete(subscription);
      subscription.dispose();
    };
  }

  /** Ends every subscription and closes the connections. */
  dispose(): void {
    for (const subscription of this.#subscriptions) {
      subscription.dispose();
    }
    this.#subscriptions.clear();
    this.#agent.destroy();
  }

  async #find<T>(path: string, signal: AbortSignal | undefined): Promise<T | undefined> {
    const { status, body } = await this.#send('GET', path, signal, { expected: [404] });
    return status === 404 ? undefined : (parseBody(body) as T);
  }

  async #ask<T>(method: 'GET', path: string, signal: AbortSignal | undefined): Promise<T> {
    const { body } = await this.#send(method, path, signal);
    return parseBody(body) as T;
  }

  async #post<T>(path: string, body: string, signal: AbortSignal | undefined): Promise<T> {
    return parseBody((await this.#send('POST', path, signal, { body })).body) as T;
  }

  async #send(
    method: HubRequest['method'],
    path: string,
    signal: AbortSignal | undefined,
    { expected = [], body: sent }: { readonly expected?: readonly number[]; readonly body?: string } = {},
  ): Promise<{ status: number; body: Buffer }> {
    try {
      const { endpoint, token } = await this.#locate();
      const headers = { authorization: `Bearer ${token}` };
      const content = sent === undefined ? {} : { body: sent };
      const asked = { endpoint, method, path, headers, ...content, agent: this.#agent, silenceMillis };
      const reply = await openReply(asked, signal);
      const status = reply.statusCode ?? 0;
      const body = await readReply(reply, signal);
      if (status >= 300 && !expected.includes(status)) {
        throw errorOf(status, body);
      }
      return { status, body };
    } catch (error) {
      if (error instanceof HubError && (error.kind === 'unreachable' || error.kind === 'unauthorized')) {
        this.#forget();
      }
      throw error;
    }
  }

  async #locate(): Promise<{ readonly endpoint: string; readonly token: string }> {
    this.#found ??= 'endpoint' in this.#location ? this.#location : await locateByDataDirectory(this.#location.dataDir);
    return this.#found;
  }

  #forget(): void {
    this.#found = undefined;
  }
}

function searchOf(query: Readonly<Record<string, string | number | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) {
      search.set(name, String(value));
    }
  }
  return search.toString();
}

function samplingRulePath(name: string): string {
  return `/sightline/v1/sampling/rules/${encodeURIComponent(name)}`;
}

function tracePath(traceId: string): string {
  return `/sightline/v1/traces/${encodeURIComponent(traceId)}`;
}

async function locateByDataDirectory(dataDir: string): Promise<{ endpoint: string; token: string }> {
  // Asked for its health before it is given the token: a killed hub's port may be somebody else's by now.
  const record = await findRunningHub(dataDir);
  if (record === undefined) {
    throw new HubError('unreachable', `No Sightline hub is running on ${dataDir}.`);
  }
  try {
    return { endpoint: record.api, token: (await readFile(tokenFileOf(dataDir), 'utf8')).trim() };
  } catch (error) {
    throw new HubError('unauthorized', `The hub's token file ${tokenFileOf(dataDir)} cannot be read.`, {
      cause: error,
    });
  }
}

function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw new HubError('failed', 'The answer is not JSON: something other than a Sightline hub is there.', {
      cause: error,
    });
  }
}

function errorOf(status: number, body: Buffer): HubError {
  const message = sentenceIn(body) ?? `The hub answered with status ${status}.`;
  if (status === 401) {
    return new HubError('unauthorized', message);
  }
  return new HubError(status < 500 ? 'refused' : 'failed', message);
}

function sentenceIn(body: Buffer): string | undefined {
  try {
    const reply: unknown = JSON.parse(body.toString());
    return typeof reply === 'object' && reply !== null && 'error' in reply && typeof reply.error === 'string'
      ? reply.error
      : undefined;
  } catch {
    // Not the hub's own error body; the caller words one from the status.
    return undefined;
  }
}
