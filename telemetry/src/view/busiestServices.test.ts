import { expect, test } from 'vitest';
import { epochNanos } from '../model/units.ts';
import { busiestServices } from './busiestServices.ts';
import type { ServiceMap } from './serviceMap.ts';

const moment = epochNanos(1n);

function statisticsOf(total: number) {
  return { ok: total, throttle: 0, error: 0, fault: 0, total, totalResponseSeconds: total };
}

/** A client that calls each service so many times. */
function mapOf(services: Readonly<Record<string, number>>): ServiceMap {
  const times = { startTime: moment, endTime: moment };
  const common = { ...times, isRoot: false, isInferred: false, responseTimes: [], durations: [] };
  const names = Object.entries(services);
  const edges = names.map(([, total], at) => ({
    ...times,
    target: at + 1,
    statistics: statisticsOf(total),
    responseTimes: [],
  }));
  return {
    nodes: [
      { ...common, service: { name: 'client', type: 'client' }, names: ['client'], edges },
      ...names.map(([name, total]) => ({
        ...common,
        service: { name },
        names: [name],
        statistics: statisticsOf(total),
        edges: [],
      })),
    ],
  };
}

function check(map: ServiceMap, most: number, expected: string): void {
  const busiest = busiestServices(map, most);
  const lines = busiest.map.nodes.map(
    ({ service, edges }) =>
      `${service.name}${edges.map(({ target }) => ` > ${busiest.map.nodes[target]?.service.name}`).join('')}`,
  );
  expect(`${lines.join('\n')}\nleft out: ${busiest.omitted}`).toBe(expected);
}

test('a map with room for all of its services stays as it is', () => {
  check(mapOf({ a: 1, b: 2 }), 3, 'client > a > b\na\nb\nleft out: 0');
});

test('of a larger one the busiest services stay, with the calls between them', () => {
  check(mapOf({ a: 1, b: 5, c: 9, d: 1 }), 3, 'client > b > c\nc\nb\nleft out: 2');
});
