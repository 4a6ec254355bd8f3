import type { DecodedRollbarItem } from '../src/decode/rollbarItem.ts';
import type { ErrorItem } from '../src/model/errorItem.ts';

/** What the decoder gave as text, for comparing: the refusal or the item with an indented line for each thing that it has, and problems. */
export function renderErrorItems({ records, problems, refusal }: DecodedRollbarItem): string {
  return [
    ...(refusal === undefined ? [] : [`${refusal.status} ${refusal.message}`]),
    ...records.map(renderErrorItem),
    ...(refusal === undefined ? problems.map(({ place, message }) => `! ${place}: ${message}`) : []),
  ].join('\n');
}

export function renderErrorItem(item: ErrorItem): string {
  const { uuid, time, level, environment, title, exceptions, telemetry, message, ...rest } = item;
  return [
    `${time} ${level} [${environment}] ${title} (${uuid})`,
    ...(message === undefined ? [] : [`message ${message}`]),
    ...Object.entries(rest).flatMap(([name, value]) => {
      const text = JSON.stringify(value);
      return text === '{}' ? [] : [`${name} ${text}`];
    }),
    ...exceptions.flatMap(({ stack, ...exception }) => [
      `exception ${JSON.stringify(exception)}`,
      ...stack.map(({ path, line, column, label, ...frame }) => {
        const place = [label, path, line, column].map((part) => part ?? '?').join(' ');
        const more = JSON.stringify(frame);
        return `  at ${place}${more === '{}' ? '' : ` ${more}`}`;
      }),
    ]),
    ...telemetry.map(({ time: when, ...entry }) => `telemetry ${when ?? '?'} ${JSON.stringify(entry)}`),
  ].join('\n  ');
}
