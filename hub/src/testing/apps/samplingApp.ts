/**
 * An app under a steady load: twenty orders and twenty health checks a second, each decided by the X-Ray SDK for Node. It prints how many of
 * either were kept in each second, and by which rules, until its standard input ends.
 */
import xray from 'aws-xray-sdk-core';

// The SDK's types leave its sampler out.
const { sampler } = xray.middleware as unknown as { sampler: { shouldSample(request: object): string | boolean } };

function decide(urlPath: string): string | boolean {
  return sampler.shouldSample({ host: 'localhost:4567', httpMethod: 'GET', urlPath, serviceName: 'backend-flask' });
}

let second = { orders: 0, health: 0, rules: new Set<string>() };

setInterval(() => {
  const order = decide('/orders?page=1');
  second.orders += order === false ? 0 : 1;
  second.health += decide('/api/health-check?from=probe') === false ? 0 : 1;
  second.rules.add(String(order));
}, 50);

setInterval(() => {
  console.log(JSON.stringify({ ...second, rules: [...second.rules] }));
  second = { orders: 0, health: 0, rules: new Set() };
}, 1_000);

process.stdin.on('end', () => process.exit(0)).resume();
