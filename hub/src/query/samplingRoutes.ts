import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseRuleFile } from '@sightline/telemetry/sampling/ruleFile';
import type { SamplingSdk } from '@sightline/telemetry/sampling/samplingRequest';
import type { SamplingRule } from '@sightline/telemetry/sampling/samplingRule';
import type {
  ExplainAnswer,
  ExplainQuestion,
  SamplingImport,
  SamplingJson,
  SamplingRuleJson,
} from '../client/samplingApi.ts';
import { explanationOf, importOf } from '../client/samplingExplanation.ts';
import { isBuiltIn } from '../sampling/builtInRules.ts';
import { dryRunLastHour } from '../sampling/lastHour.ts';
import type { Sampling } from '../sampling/sampling.ts';
import { SamplingRefusal } from '../sampling/samplingRefusal.ts';
import type { SamplingRuleRecord } from '../sampling/samplingRules.ts';
import { samplingNotes } from '../sampling/samplingNotes.ts';
import type { TelemetryStore } from '../store/telemetryStore.ts';
import { signalOf } from './abandoned.ts';
import { ApiError, textOf } from './parameters.ts';

interface RuleRequest {
  Params: { name: string };
}

/** Over how many seconds the view counts matches. */
const activitySeconds = 300;
const bodyLimit = 1_000_000;
const nanosPerSecond = 1e9;

/** The routes under `/sightline/v1/sampling` (samplingApi.ts). */
export function addSamplingRoutes(app: FastifyInstance, sampling: Sampling, store: TelemetryStore): void {
  const { rules } = sampling;
  app.get('/sightline/v1/sampling', async () => await toSamplingJson(sampling));
  app.delete<RuleRequest>('/sightline/v1/sampling/rules/:name', async ({ params }, reply) => {
    await orApiError(rules.delete({ name: params.name }));
    return await reply.code(204).send();
  });
  app.post(
    '/sightline/v1/sampling/dry-run',
    async (_request, reply) => await dryRunLastHour(sampling, store, Date.now(), signalOf(reply)),
  );
  // In a scope of its own: only here a body is read.
  void app.register((scope, _options, done) => {
    scope.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.post('/sightline/v1/sampling/rules', async ({ body }, reply) => {
      const record = await orApiError(rules.create(ruleIn(body)));
      return await reply.code(201).send(toRuleJson(record, sampling));
    });
    scope.put<RuleRequest>('/sightline/v1/sampling/rules/:name', async ({ params, body }) => {
      const rule = ruleIn(body);
      if (rule.RuleName !== params.name) {
        throw new ApiError(400, 'A rule keeps its name; create another one and delete this one instead.');
      }
      return toRuleJson(await orApiError(rules.update({ name: params.name }, rule)), sampling);
    });
    scope.post('/sightline/v1/sampling/import', async (request) => await importRules(sampling, request));
    scope.post('/sightline/v1/sampling/explain', async ({ body }) => await explain(sampling, questionIn(body)));
    done();
  });
}

async function toSamplingJson(sampling: Sampling): Promise<SamplingJson> {
  const records = await sampling.rules.list();
  const { lastFetch } = sampling;
  return {
    rules: records.map((record) => toRuleJson(record, sampling)),
    activitySeconds,
    modifiedAt: nanosText(sampling.rules.lastModification),
    ...(lastFetch !== undefined && { fetchedAt: nanosText(lastFetch) }),
  };
}

function toRuleJson({ rule, arn, modifiedAt }: SamplingRuleRecord, sampling: Sampling): SamplingRuleJson {
  const isOwn = isBuiltIn(rule.RuleName);
  return {
    rule,
    arn,
    origin: isOwn ? (modifiedAt === 0 ? 'builtIn' : 'changed') : 'custom',
    ...(modifiedAt !== 0 && { modifiedAt: nanosText(modifiedAt) }),
    activity: sampling.activityOf(rule.RuleName, activitySeconds),
  };
}

async function importRules(sampling: Sampling, { query, body }: FastifyRequest): Promise<SamplingImport> {
  const before = (await sampling.rules.list()).map(({ rule }) => rule);
  const { changes } = importOf(before, rulesIn(body));
  if (textOf(query as Record<string, unknown>, 'preview') === undefined) {
    await orApiError(sampling.rules.import(changes.filter(({ kind }) => kind !== 'same').map(({ rule }) => rule)));
  }
  return { changes };
}

async function explain(sampling: Sampling, question: Required<ExplainQuestion>): Promise<ExplainAnswer> {
  const rules = (await sampling.rules.list()).map(({ rule }) => rule);
  return explanationOf(rules, question, (sdks, used) => samplingNotes(sampling, sdks, used));
}

function ruleIn(body: unknown): SamplingRule {
  const [rule, ...others] = rulesIn(body);
  if (rule === undefined || others.length > 0) {
    throw new ApiError(400, 'The body must be one sampling rule.');
  }
  return rule;
}

function rulesIn(body: unknown): readonly SamplingRule[] {
  const parsed = parseRuleFile(typeof body === 'string' ? body : '');
  if (!parsed.ok) {
    throw new ApiError(400, parsed.problems.join('\n'));
  }
  return parsed.rules;
}

const sdks: ReadonlySet<unknown> = new Set<SamplingSdk>(['node', 'python', 'other']);

function questionIn(body: unknown): Required<ExplainQuestion> {
  const { request, sdk = 'node', perSecond = 1 } = parseQuestion(body);
  const isRequest =
    typeof request === 'object' && request !== null && Object.values(request).every((text) => typeof text === 'string');
  if (!isRequest) {
    throw new ApiError(400, '`request` must be an object of texts: service, type, host, method and path.');
  }
  if (!sdks.has(sdk)) {
    throw new ApiError(400, '`sdk` can only be "node", "python" or "other".');
  }
  if (typeof perSecond !== 'number' || perSecond < 0) {
    throw new ApiError(400, '`perSecond` must be a number of at least 0.');
  }
  return { request, sdk: sdk as SamplingSdk, perSecond };
}

function parseQuestion(body: unknown): { [K in keyof ExplainQuestion]?: unknown } {
  try {
    const parsed: unknown = typeof body === 'string' ? JSON.parse(body) : undefined;
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    // No JSON has no request either, and the sentence about that says what is wanted.
    return {};
  }
}

function nanosText(seconds: number): string {
  return String(BigInt(Math.round(seconds * 1_000)) * BigInt(nanosPerSecond / 1_000));
}

async function orApiError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof SamplingRefusal)) {
      throw error;
    }
    throw new ApiError(statuses[error.reason], error.message);
  }
}

const statuses: Record<SamplingRefusal['reason'], number> = { invalid: 400, missing: 404, taken: 409, full: 409 };
