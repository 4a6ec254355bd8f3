import type { ErrorStatus } from '@sightline/telemetry/model/errorItem';
import type { CostSettingsChange } from '@sightline/telemetry/cost/costSettings';
import type { SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import type {
  HealthReply,
  ProblemList,
  RawTrace,
  RecentTracesReply,
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
import type { ChangeListener } from './changeSubscription.ts';
import { HubConnection, type HubLocation } from './hubConnection.ts';

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

/**
 * The hub as its windows see it: one keep-alive connection pool, typed answers, and the change feed.
 * Every method rejects with `HubError`, or with the signal's reason when it is aborted; trace ids are taken in both spellings.
 */
export class HubClient {
  readonly #hub: HubConnection;

  constructor(location: HubLocation) {
    this.#hub = new HubConnection(location);
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
    return await this.#hub.get('/health', signal);
  }

  async listTraces(query: TraceListQuery = {}, signal?: AbortSignal): Promise<TraceList> {
    return await this.#hub.get(`/sightline/v1/traces?${searchOf({ ...query })}`, signal);
  }

  /** How many traces came lately, whatever is listed: cheap to ask. */
  async countRecentTraces(signal?: AbortSignal): Promise<RecentTracesReply> {
    return await this.#hub.get('/sightline/v1/recent-traces', signal);
  }

  /** The rows of a trace's tree, in their compact form; `undefined` where the hub has no such trace. */
  async loadTreeRows(traceId: string, signal?: AbortSignal): Promise<TraceTreeRows | undefined> {
    return await this.#hub.find(`${tracePath(traceId)}/rows`, signal);
  }

  /** One span with everything its sender said; `undefined` where the hub has no such span. */
  async loadSpan(traceId: string, spanId: string, signal?: AbortSignal): Promise<SpanJson | undefined> {
    return await this.#hub.find(`${tracePath(traceId)}/spans/${encodeURIComponent(spanId)}`, signal);
  }

  /** The whole trace, every span decoded: for scripts and exports rather than views. */
  async loadTrace(traceId: string, signal?: AbortSignal): Promise<TraceDetail | undefined> {
    return await this.#hub.find(tracePath(traceId), signal);
  }

  /** The documents of a trace as they came. */
  async loadRaw(traceId: string, signal?: AbortSignal): Promise<RawTrace | undefined> {
    return await this.#hub.find(`${tracePath(traceId)}/raw`, signal);
  }

  /** Services and the calls between them. */
  async loadServiceMap(query: ServiceMapQuery = {}, signal?: AbortSignal): Promise<ServiceMapReply> {
    return await this.#hub.get(`/sightline/v1/map?${searchOf({ ...query })}`, signal);
  }

  /** The group that was seen last comes first. */
  async listErrorGroups(query: ErrorGroupListQuery = {}, signal?: AbortSignal): Promise<ErrorGroupList> {
    return await this.#hub.get(`/sightline/v1/errors?${searchOf({ ...query })}`, signal);
  }

  /** Newest first; `undefined` where the hub has no such group. A page may be shorter than `limit` where occurrences are large. */
  async listOccurrences(
    counter: number,
    query: { readonly limit?: number; readonly before?: string } = {},
    signal?: AbortSignal,
  ): Promise<OccurrenceList | undefined> {
    return await this.#hub.find(`/sightline/v1/errors/${counter}/occurrences?${searchOf(query)}`, signal);
  }

  /** Newest first: the errors that were reported in one trace, whatever their group. */
  async listOccurrencesOfTrace(traceId: string, limit = 20, signal?: AbortSignal): Promise<OccurrenceList> {
    const search = searchOf({ trace: traceId, limit });
    return await this.#hub.get(`/sightline/v1/errors/occurrences?${search}`, signal);
  }

  /** `undefined` where the hub has no such occurrence (any more). */
  async loadOccurrence(counter: number, id: string, signal?: AbortSignal): Promise<OccurrenceJson | undefined> {
    return await this.#hub.find(`/sightline/v1/errors/${counter}/occurrences/${encodeURIComponent(id)}`, signal);
  }

  /** Resolves, mutes or reopens a group. Answers it as it is then; `undefined` where the hub has no such group. */
  async changeErrorGroup(
    counter: number,
    change: ErrorGroupChange,
    signal?: AbortSignal,
  ): Promise<ErrorGroupJson | undefined> {
    return await this.#hub.patch(`/sightline/v1/errors/${counter}`, JSON.stringify(change), signal);
  }

  /** By name. */
  async listLogGroups(prefix = '', signal?: AbortSignal): Promise<LogGroupList> {
    return await this.#hub.get(`/sightline/v1/logs/groups?${searchOf({ prefix })}`, signal);
  }

  /** The one written last comes first; `undefined` where the hub has no such group. */
  async listLogStreams(group: string, signal?: AbortSignal): Promise<LogStreamList | undefined> {
    return await this.#hub.find(`/sightline/v1/logs/streams?${searchOf({ group })}`, signal);
  }

  /** Newest first; `undefined` where the hub has no such group. */
  async listLogEvents(
    { streams = [], ...query }: LogEventListQuery = {},
    signal?: AbortSignal,
  ): Promise<LogEventList | undefined> {
    const ofStreams = streams.map((stream) => `&${searchOf({ stream })}`).join('');
    return await this.#hub.find(`/sightline/v1/logs/events?${searchOf({ ...query })}${ofStreams}`, signal);
  }

  /** Where every `limit`th event lies, newest first; `undefined` where the hub has no such group. */
  async listLogMarks(
    { streams = [], ...query }: LogEventListQuery = {},
    signal?: AbortSignal,
  ): Promise<LogMarkList | undefined> {
    const ofStreams = streams.map((stream) => `&${searchOf({ stream })}`).join('');
    return await this.#hub.find(`/sightline/v1/logs/marks?${searchOf({ ...query })}${ofStreams}`, signal);
  }

  /** Creates the group where it is not there, and sets its retention where one is given. */
  async changeLogGroup(change: LogGroupChange, signal?: AbortSignal): Promise<void> {
    await this.#hub.send('PUT', '/sightline/v1/logs/groups', signal, { body: JSON.stringify(change) });
  }

  /** Removes a group with its streams and events. Answers false where the hub has no such group. */
  async deleteLogGroup(name: string, signal?: AbortSignal): Promise<boolean> {
    const path = `/sightline/v1/logs/groups?${searchOf({ name })}`;
    return await this.#hub.remove(path, signal);
  }

  /** What a filter could ask for, as the hub has seen it. */
  async loadFilterFacts(signal?: AbortSignal): Promise<FilterFactsJson> {
    return await this.#hub.get('/sightline/v1/filter-facts', signal);
  }

  /** X-Ray's groups, which are the saved filters, by name. */
  async listGroups(signal?: AbortSignal): Promise<GroupList> {
    return await this.#hub.get('/sightline/v1/groups', signal);
  }

  /** Creates a group, changes its filter, or renames it. Answers it as it is then. */
  async changeGroup(change: GroupChange, signal?: AbortSignal): Promise<GroupJson> {
    return await this.#hub.put('/sightline/v1/groups', JSON.stringify(change), signal);
  }

  /** Answers false where the hub has no such group. */
  async deleteGroup(name: string, signal?: AbortSignal): Promise<boolean> {
    const path = `/sightline/v1/groups?${searchOf({ name })}`;
    return await this.#hub.remove(path, signal);
  }

  /** In order of priority, with how often each matched in the last minutes. */
  async listSamplingRules(signal?: AbortSignal): Promise<SamplingJson> {
    return await this.#hub.get('/sightline/v1/sampling', signal);
  }

  /** Adds a rule; refused where one of its name is there. */
  async createSamplingRule(rule: SamplingRule, signal?: AbortSignal): Promise<SamplingRuleJson> {
    return await this.#hub.post('/sightline/v1/sampling/rules', JSON.stringify(rule), signal);
  }

  /** Takes the place of the rule of the same name; refused where there is none. */
  async changeSamplingRule(rule: SamplingRule, signal?: AbortSignal): Promise<SamplingRuleJson> {
    return await this.#hub.put(samplingRulePath(rule.RuleName), JSON.stringify(rule), signal);
  }

  /** Answers false where the hub has no such rule. */
  async deleteSamplingRule(name: string, signal?: AbortSignal): Promise<boolean> {
    return await this.#hub.remove(samplingRulePath(name), signal);
  }

  /** Makes rules what they are in the text of a file, or, as a preview, only answers what that would change. */
  async importSamplingRules(
    text: string,
    { isPreview = false }: { readonly isPreview?: boolean } = {},
    signal?: AbortSignal,
  ): Promise<SamplingImport> {
    return await this.#hub.post(`/sightline/v1/sampling/import${isPreview ? '?preview=1' : ''}`, text, signal);
  }

  /** Which rule catches a request, and why the others do not. */
  async explainSampling(question: ExplainQuestion, signal?: AbortSignal): Promise<ExplainAnswer> {
    return await this.#hub.post('/sightline/v1/sampling/explain', JSON.stringify(question), signal);
  }

  /** What the sampling rules would do with the requests of the last hour. */
  async dryRunSampling(signal?: AbortSignal): Promise<DryRunJson> {
    return await this.#hub.post('/sightline/v1/sampling/dry-run', '', signal);
  }

  /** What went out this hour and this month, and what it costs. */
  async loadCost(signal?: AbortSignal): Promise<CostJson> {
    return await this.#hub.get('/sightline/v1/cost', signal);
  }

  /** Changes caps, prices or how an account bills. Answers as `loadCost`. */
  async changeCostSettings(change: CostSettingsChange, signal?: AbortSignal): Promise<CostJson> {
    return await this.#hub.put('/sightline/v1/cost/settings', JSON.stringify(change), signal);
  }

  /** Has what was read from a destination counted, and answers whether a cap is reached there. */
  async countReads(reads: CostReads, signal?: AbortSignal): Promise<CostReadsReply> {
    return await this.#hub.post('/sightline/v1/cost/reads', JSON.stringify(reads), signal);
  }

  async stats(signal?: AbortSignal): Promise<StatsReply> {
    return await this.#hub.get('/sightline/v1/stats', signal);
  }

  /** Newest first; `limit` is 1 to 1000. */
  async listProblems(limit = 100, signal?: AbortSignal): Promise<ProblemList> {
    return await this.#hub.get(`/sightline/v1/problems?limit=${limit}`, signal);
  }

  async clearProblems(signal?: AbortSignal): Promise<void> {
    await this.#hub.send('DELETE', '/sightline/v1/problems', signal);
  }

  /** A pinned trace survives retention and `clearTraces`. Answers false where the hub has no such trace. */
  async setPinned(traceId: string, pinned: boolean, signal?: AbortSignal): Promise<boolean> {
    const { status } = await this.#hub.send(pinned ? 'PUT' : 'DELETE', `${tracePath(traceId)}/pin`, signal, {
      expected: [404],
    });
    return status !== 404;
  }

  /** Removes everything that is not pinned. */
  async clearTraces(signal?: AbortSignal): Promise<void> {
    await this.#hub.send('DELETE', '/sightline/v1/traces', signal);
  }

  /** Asks to be the one who does what `name` stands for. `name` is up to 100 letters, digits and `_ . : -`. */
  async claimLease(name: string, claim: LeaseClaim, signal?: AbortSignal): Promise<LeaseReply> {
    return await this.#hub.put(`/sightline/v1/leases/${name}`, JSON.stringify(claim), signal);
  }

  /** Lets a lease go; nothing happens where another holds it. */
  async releaseLease(name: string, holder: string, signal?: AbortSignal): Promise<void> {
    await this.#hub.send('DELETE', `/sightline/v1/leases/${name}?${searchOf({ holder })}`, signal);
  }

  /** What goes on to the clouds, and how that goes. */
  async listRelay(signal?: AbortSignal): Promise<RelayList> {
    return await this.#hub.get('/sightline/v1/relay', signal);
  }

  /** Switches a destination on or off and hands over its secrets, which the hub keeps in memory only. Answers how it is then. */
  async changeRelay(destination: RelayDestination, change: RelayChange, signal?: AbortSignal): Promise<RelayStatus> {
    const path = `/sightline/v1/relay/${destination}`;
    return await this.#hub.put(path, JSON.stringify(change), signal);
  }

  /** Checks a key and sends a test; with `change` before it is used, without it as the destination is set now. */
  async testRelay(destination: RelayDestination, change?: RelayChange, signal?: AbortSignal): Promise<RelayTestReply> {
    const body = change === undefined ? '' : JSON.stringify(change);
    return await this.#hub.post(`/sightline/v1/relay/${destination}/test`, body, signal);
  }

  /** Tries what was refused once more. */
  async resendRelay(destination: RelayDestination, signal?: AbortSignal): Promise<RelayResendReply> {
    return await this.#hub.post(`/sightline/v1/relay/${destination}/resend`, '', signal);
  }

  /** Asks the hub to flush and end; it answers before it does. */
  async shutdown(signal?: AbortSignal): Promise<void> {
    await this.#hub.send('POST', '/sightline/v1/shutdown', signal);
  }

  /**
   * Follows the change feed until the returned function is called. A lost connection is tried again, at first at once,
   * then ever less often up to every five seconds; after `connected` a view should look again at what it shows.
   */
  subscribe(listener: ChangeListener): () => void {
    return this.#hub.subscribe(listener);
  }

  /** Ends every subscription and closes the connections. */
  dispose(): void {
    this.#hub.dispose();
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
