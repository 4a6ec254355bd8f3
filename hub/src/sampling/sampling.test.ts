import { array, assert, nat, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { InMemoryDocuments } from '../testing/inMemoryDocuments.ts';
import { ReservoirShares } from './reservoirShares.ts';
import { Sampling } from './sampling.ts';
import { SamplingStatistics } from './samplingStatistics.ts';

const anything = {
  FixedRate: 0.1,
  ReservoirSize: 5,
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  ResourceARN: '*',
  Version: 1,
};

async function checkRules({ rules }: Sampling, expected: string): Promise<void> {
  const shown = (await rules.list()).map(({ rule }) => `${rule.Priority} ${rule.RuleName} ${rule.FixedRate}`);
  expect(shown.join(', ')).toBe(expected);
}

test('what was made of the rules is there after a restart: changed and deleted built-in ones too', async () => {
  const documents = new InMemoryDocuments();
  const { rules } = new Sampling(documents);
  await rules.create({ ...anything, RuleName: 'b', Priority: 5 });
  await rules.create({ ...anything, RuleName: 'a', Priority: 5 });
  await rules.update({ name: 'Default' }, { FixedRate: 0.05 });
  await rules.delete({ name: 'SightlineHealthChecks' });
  await checkRules(new Sampling(documents), '5 a 0.1, 5 b 0.1, 10000 Default 0.05');
  await rules.create({ ...anything, RuleName: 'SightlineHealthChecks', Priority: 1 });
  await checkRules(new Sampling(documents), '1 SightlineHealthChecks 0.1, 5 a 0.1, 5 b 0.1, 10000 Default 0.05');
});

test('a change is told after it is stored, and moves the last modification to a whole second that is not before it', async () => {
  const documents = new InMemoryDocuments();
  let now = 1_000_000;
  const told: number[] = [];
  const { rules } = new Sampling(
    documents,
    () => now,
    () => told.push(now),
  );
  expect(rules.lastModification).toBe(1_000);
  now = 1_005_200;
  await rules.create({ ...anything, RuleName: 'a', Priority: 5 });
  expect([rules.lastModification, told]).toEqual([1_006, [1_005_200]]);
});

test('changes that are asked for at once are made one after the other', async () => {
  const { rules } = new Sampling(new InMemoryDocuments());
  const made = await Promise.allSettled(
    Array.from({ length: 30 }, (_, number) => rules.create({ ...anything, RuleName: `${number}`, Priority: 5 })),
  );
  expect(made.filter(({ status }) => status === 'fulfilled').length).toBe(25);
  expect((await rules.list()).length).toBe(27);
});

test('an import is all or none', async () => {
  const sampling = new Sampling(new InMemoryDocuments());
  const rule = { ...anything, Attributes: {}, RuleName: 'a', Priority: 5 };
  await expect(sampling.rules.import([rule, { ...rule, RuleName: 'Default', Host: 'x' }])).rejects.toThrow(
    'Host of the default sampling rule cannot be changed',
  );
  await checkRules(sampling, '100 SightlineHealthChecks 0, 10000 Default 1');
  await sampling.rules.import([rule, { ...rule, RuleName: 'SightlineHealthChecks', Priority: 6 }]);
  await checkRules(sampling, '5 a 0.1, 6 SightlineHealthChecks 0.1, 10000 Default 1');
});

test('an import that names no boost leaves the one that a rule has', async () => {
  const { rules } = new Sampling(new InMemoryDocuments());
  const rule = { ...anything, Attributes: {}, RuleName: 'a', Priority: 5 };
  const SamplingRateBoost = { MaxRate: 0.8, CooldownWindowMinutes: 10 };
  await rules.import([{ ...rule, SamplingRateBoost }]);
  await rules.import([{ ...rule, FixedRate: 0.7 }]);
  expect((await rules.list())[0]?.rule).toEqual({ ...rule, FixedRate: 0.7, SamplingRateBoost });
});

test('an import that the store does not take changes nothing', async () => {
  const documents = new InMemoryDocuments();
  const full = new Sampling({
    all: (kind) => documents.all(kind),
    put: (kind, key, value) => documents.put(kind, key, value),
    putAll: () => Promise.reject(new Error('full')),
  });
  const rule = { ...anything, Attributes: {}, Priority: 5 };
  const rules = ['a', 'b'].map((RuleName) => ({ ...rule, RuleName }));
  await expect(full.rules.import(rules)).rejects.toThrow('full');
  await checkRules(full, '100 SightlineHealthChecks 0, 10000 Default 1');
  await checkRules(new Sampling(documents), '100 SightlineHealthChecks 0, 10000 Default 1');
});

/** Lets clients report in turn, `name requests` each, and shows what each gets. */
function checkShares(reservoir: number, reports: readonly string[], expected: string): void {
  const shares = new ReservoirShares();
  const quotas = reports.map((report) => {
    const [name = '', requests, at = '0'] = report.split(' ');
    return shares.quotaFor(name, Number(requests), reservoir, Number(at));
  });
  expect(quotas.join(' ')).toBe(expected);
}

test('one client gets the whole reservoir, several by their demand once they have reported again', () => {
  checkShares(10, ['a 100'], '10');
  checkShares(10, ['a 100 0', 'b 100 1', 'a 100 10', 'b 100 11'], '10 0 5 5');
  checkShares(10, ['a 300 0', 'b 100 0', 'a 300 10', 'b 100 10'], '10 0 8 2');
  checkShares(0, ['a 100'], '0');
});

test('a reservoir that is smaller than the number of clients goes to some of them', () => {
  checkShares(1, ['a 10', 'b 10', 'c 10', 'a 10 10', 'b 10 10'], '1 0 0 1 0');
});

test('a client that is silent for longer than its quota holds has given it back', () => {
  checkShares(10, ['a 100 0', 'b 100 30', 'b 100 31'], '10 0 10');
});

test('the quotas that hold are never more than the reservoir together', () => {
  const report = record({ client: nat(9), requests: nat(1_000), wait: nat(12) });
  assert(
    property(nat(50), array(report, { maxLength: 100 }), (reservoir, reports) => {
      const shares = new ReservoirShares();
      const holding = new Map<number, { quota: number; until: number }>();
      let now = 0;
      for (const { client, requests, wait } of reports) {
        now += wait;
        holding.set(client, { quota: shares.quotaFor(String(client), requests, reservoir, now), until: now + 30 });
        const held = [...holding.values()].filter(({ until }) => until >= now);
        expect(held.reduce((sum, { quota }) => sum + quota, 0)).toBeLessThanOrEqual(reservoir);
      }
    }),
  );
});

function checkStatistics(adds: readonly (readonly [at: number, requests: number])[], asked: string): void {
  const statistics = new SamplingStatistics();
  for (const [at, requests] of adds) {
    statistics.add({ requests, sampled: 0, borrowed: 0 }, at);
  }
  const [, seconds, now, expected] = /last (\d+) at (\d+): (\d+)/.exec(asked) ?? [];
  expect(statistics.last(Number(seconds), Number(now)).requests).toBe(Number(expected));
}

test('statistics count what came within the last minutes, and forget what is older than ten', () => {
  const adds = [
    [1_000, 1],
    [1_005, 2],
    [1_295, 4],
    [1_300, 8],
  ] as const;
  checkStatistics(adds, 'last 300 at 1300: 12');
  checkStatistics(adds, 'last 600 at 1300: 15');
  checkStatistics(adds, 'last 10 at 1305: 8');
  checkStatistics(adds, 'last 600 at 1599: 15');
  checkStatistics(adds, 'last 600 at 1600: 12');
  checkStatistics(adds, 'last 600 at 9999999: 0');
  checkStatistics([...adds, [900, 16]], 'last 10 at 1300: 24');
});

test('targets split a reservoir, and activity says how often a rule matched and by how many clients', async () => {
  let now = 1_000_000;
  const sampling = new Sampling(new InMemoryDocuments(), () => now);
  await sampling.rules.create({ ...anything, RuleName: 'a', Priority: 5 });
  const report = async (clientId: string): Promise<number | undefined> => {
    const counts = { requests: 20, sampled: 6, borrowed: 1 };
    const [target] = await sampling.report([{ rule: 'a', clientId, ...counts }]);
    return target?.quota;
  };
  const quotas = [await report('one'), await report('two')];
  now += 10_000;
  quotas.push(await report('one'), await report('two'));
  expect(quotas).toEqual([5, 0, 3, 2]);
  expect(sampling.activityOf('a', 300)).toEqual({ requests: 80, sampled: 24, borrowed: 4, clients: 2 });
  expect(sampling.activityOf('b', 300)).toEqual({ requests: 0, sampled: 0, borrowed: 0, clients: 0 });
  now += 31_000;
  expect(sampling.activityOf('a', 300)).toMatchObject({ requests: 80, clients: 2 });
  now += 300_000;
  expect(sampling.activityOf('a', 300)).toMatchObject({ requests: 0, clients: 0 });
  await sampling.rules.delete({ name: 'a' });
  expect(await report('one')).toBe(undefined);
});
