import type { RequestCounts, ServiceMapFacts, ServiceMapNodeFacts } from '../../../contracts/serviceMap.ts';

/**
 * A map of five minutes out of lines such as `backend > postgresql 80 4ms 3faults`: who calls whom, how often, how long each call takes and how many
 * went wrong. A client's line begins with `client`. The types are those that X-Ray has for these names, unless `types` says otherwise.
 */
export function mapFacts(lines: string, types: Readonly<Record<string, string>> = {}): ServiceMapFacts {
  const calls = lines.trim().split('\n').map(parsed);
  const names = [...new Set(calls.flatMap(({ source, target }) => [source, target]))];
  const nodes = names.map((name): ServiceMapNodeFacts => {
    const isClient = name === 'client';
    const type = isClient ? 'client' : (types[name] ?? defaultTypes[name]);
    const received = calls.filter(({ target }) => target === name);
    const statistics = received.map(({ counts }) => counts).reduce(added, none);
    const responseTimes = received.map(({ seconds, counts: { total } }) => ({ value: seconds, count: total }));
    return {
      name: isClient ? (calls.find(({ source }) => source === name)?.target ?? name) : name,
      ...(type !== undefined && { type }),
      names: [name],
      isRoot: received.some(({ source }) => source === 'client'),
      isInferred: type !== undefined && !isClient,
      ...(!isClient && { statistics }),
      responseTimes: isClient ? [] : responseTimes,
      durations: [],
      edges: calls
        .filter(({ source }) => source === name)
        .map(({ target, counts, seconds }) => ({
          target: names.indexOf(target),
          statistics: counts,
          responseTimes: [{ value: seconds, count: counts.total }],
        })),
    };
  });
  return { from: '1700000000000000000', to: '1700000300000000000', nodes };
}

const defaultTypes: Readonly<Record<string, string>> = {
  postgresql: 'Database::SQL',
  'api.example.com': 'remote',
  orders: 'AWS::SQS::Queue',
};

const none: RequestCounts = { ok: 0, throttle: 0, error: 0, fault: 0, total: 0, totalResponseSeconds: 0 };

function parsed(line: string) {
  const [, source = '', target = '', rest = ''] = /^\s*(\S+) > (\S+) (.*)$/.exec(line) ?? [];
  const number = (unit: string): number => Number(new RegExp(`(\\d+)${unit}`).exec(rest)?.[1] ?? 0);
  const total = Number(/^\d+/.exec(rest)?.[0] ?? 0);
  const [fault, error, throttle] = [number('faults?'), number('errors?'), number('throttled')];
  const seconds = number('ms') / 1000;
  const ok = total - fault - error - throttle;
  return {
    source,
    target,
    seconds,
    counts: { ok, fault, error, throttle, total, totalResponseSeconds: total * seconds },
  };
}

function added(one: RequestCounts, other: RequestCounts): RequestCounts {
  return {
    ok: one.ok + other.ok,
    throttle: one.throttle + other.throttle,
    error: one.error + other.error,
    fault: one.fault + other.fault,
    total: one.total + other.total,
    totalResponseSeconds: one.totalResponseSeconds + other.totalResponseSeconds,
  };
}

/** Small and with all that there is: a client, a service, a database, a queue and a remote service. */
export const sampleMap = mapFacts(`
  client > backend 600 34ms 3faults 5errors
  backend > postgresql 400 4ms
  backend > api.example.com 15 120ms 3faults
  backend > orders 10 9ms 1throttled
`);
