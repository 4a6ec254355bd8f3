import type { ErrorFrame, ErrorItem } from '../src/model/errorItem.ts';
import { epochNanos } from '../src/model/units.ts';

/** An error of `dev` with the class `TypeError`, thrown at `show` in `/app/a.js`, unless the sketch says otherwise; `at` in seconds. */
export function errorItem({
  at = 0,
  ...rest
}: Partial<Omit<ErrorItem, 'time'>> & { readonly at?: number } = {}): ErrorItem {
  return {
    uuid: `u${at}`,
    time: epochNanos(BigInt(Math.round(at * 1000)) * 1_000_000n),
    level: 'error',
    environment: 'dev',
    title: 'TypeError: no handle',
    exceptions: [{ type: 'TypeError', message: 'no handle', stack: [frame('show', '/app/a.js', 7)] }],
    details: {},
    custom: {},
    telemetry: [],
    other: {},
    ...rest,
  };
}

export function messageItem(message: string): ErrorItem {
  return errorItem({ level: 'info', title: message, exceptions: [], message });
}

export function frame(label: string, path: string, line = 1): ErrorFrame {
  return { path, line, label };
}
