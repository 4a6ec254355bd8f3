import type { Counter } from './usage.ts';

const texts: Record<Counter, (amount: number) => string> = {
  traces: (amount) => counted(amount, 'trace'),
  spans: (amount) => counted(amount, 'span'),
  spanBytes: (amount) => `${bytes(amount)} of spans`,
  logEvents: (amount) => counted(amount, 'log event'),
  logBytes: (amount) => `${bytes(amount)} of logs`,
  events: (amount) => counted(amount, 'event'),
  items: (amount) => counted(amount, 'item'),
  requests: (amount) => counted(amount, 'request'),
  tracesRetrieved: (amount) => `${counted(amount, 'trace')} retrieved`,
  tracesScanned: (amount) => `${counted(amount, 'trace')} scanned`,
  liveTailSeconds: (amount) => `${counted(Math.ceil(amount / 60), 'minute')} of live tail`,
  insightsBytes: (amount) => `${bytes(amount)} scanned by Insights`,
  viewCalls: (amount) => `${counted(amount, 'call')} of the views`,
};

/** An amount of what is counted, in words: `2 traces`, `1.5 MB of logs`. */
export function counterText(counter: Counter, amount: number): string {
  return texts[counter](amount);
}

function counted(amount: number, one: string): string {
  return `${amount.toLocaleString('en-US')} ${one}${amount === 1 ? '' : 's'}`;
}

function bytes(amount: number): string {
  const units = ['KB', 'MB', 'GB', 'TB'];
  let value = amount / 1_024;
  while (value >= 1_024 && units.length > 1) {
    value /= 1_024;
    units.shift();
  }
  return `${Number(value.toFixed(value < 10 ? 1 : 0)).toLocaleString('en-US')} ${units[0]}`;
}
