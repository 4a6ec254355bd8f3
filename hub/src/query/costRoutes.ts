import type { FastifyInstance } from 'fastify';
import { parseCostSettings } from '@sightline/telemetry/cost/costSettings';
import { costDestinations, readCounters, type Usage } from '@sightline/telemetry/cost/usage';
import type { CostReads, CostReadsReply } from '../client/costApi.ts';
import type { CostMeter } from '../cost/costMeter.ts';
import { costReport, type CostSurroundings } from '../cost/costReport.ts';
import { ApiError } from './parameters.ts';

const bodyLimit = 100_000;

/** The routes under `/sightline/v1/cost` (costApi.ts), those with a body in a scope of their own: only here it is read. */
export function addCostRoutes(app: FastifyInstance, meter: CostMeter, surroundings: CostSurroundings): void {
  app.get('/sightline/v1/cost', async () => await costReport(meter, surroundings));
  void app.register((scope, _options, done) => {
    scope.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit }, (_request, body, parsed) =>
      parsed(null, body),
    );
    scope.put('/sightline/v1/cost/settings', async ({ body }) => {
      const parsed = parseCostSettings(jsonIn(body));
      if (!('change' in parsed)) {
        throw new ApiError(400, parsed.problems.join('\n'));
      }
      await meter.changeSettings(parsed.change);
      return await costReport(meter, surroundings);
    });
    scope.post('/sightline/v1/cost/reads', async ({ body }, reply) => {
      const { destination, usage } = readsIn(jsonIn(body));
      if (Object.keys(usage).length > 0) {
        meter.add(destination, usage);
      }
      const answer: CostReadsReply = { isCapped: meter.isReadingCapped(destination) };
      return await reply.send(answer);
    });
    done();
  });
}

function readsIn(value: unknown): CostReads {
  const { destination, usage } = (typeof value === 'object' && value !== null ? value : {}) as Partial<CostReads>;
  if (destination === undefined || !costDestinations.includes(destination)) {
    throw new ApiError(400, `\`destination\` must be one of ${costDestinations.join(', ')}.`);
  }
  const amounts = typeof usage === 'object' && usage !== null ? Object.entries(usage) : undefined;
  if (amounts === undefined || !amounts.every(isRead)) {
    throw new ApiError(400, `\`usage\` must have whole numbers of ${[...readCounters].join(', ')}.`);
  }
  return { destination, usage: Object.fromEntries(amounts) };
}

function isRead([counter, amount]: [string, unknown]): boolean {
  return readCounters.has(counter as keyof Usage) && Number.isSafeInteger(amount) && Number(amount) >= 0;
}

function jsonIn(body: unknown): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : '');
  } catch {
    throw new ApiError(400, 'The body must be JSON.');
  }
}
