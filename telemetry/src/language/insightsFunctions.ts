import { isInSubnet, isIpV4, isIpV6 } from './insightsAddresses.ts';
import type { Expression } from './insightsTree.ts';
import { isTrue, numberOf, textOf, type Value } from './insightsValues.ts';

/** A function of Logs Insights that needs nothing but its arguments. Those that do are compiled in `insightsCompile.ts`. */
export interface FunctionSpec {
  /** What is wrong with the arguments, to come after the function's name; `undefined` where nothing is. */
  problemWith(args: readonly Expression[]): string | undefined;
  readonly evaluate: (args: readonly Value[]) => Value;
}

type Row = readonly [name: string, least: number, most: number, evaluate: FunctionSpec['evaluate']];

const many = 100;

const numeric =
  (compute: (...numbers: readonly number[]) => number): FunctionSpec['evaluate'] =>
  (args) => {
    const numbers = args.map(numberOf);
    const result = numbers.every((number) => number !== undefined) ? compute(...numbers) : Number.NaN;
    return Number.isFinite(result) ? result : undefined;
  };

const textual =
  (compute: (...texts: readonly string[]) => Value): FunctionSpec['evaluate'] =>
  (args) => {
    const texts = args.map(textOf);
    return texts.every((text) => text !== undefined) ? compute(...texts) : undefined;
  };

/** Evaluated where the row is known, so never here. */
const elsewhere: FunctionSpec['evaluate'] = () => undefined;

const rows: readonly Row[] = [
  ['abs', 1, 1, numeric((a = 0) => Math.abs(a))],
  ['ceil', 1, 1, numeric((a = 0) => Math.ceil(a))],
  ['floor', 1, 1, numeric((a = 0) => Math.floor(a))],
  ['greatest', 1, many, numeric((...all) => Math.max(...all))],
  ['least', 1, many, numeric((...all) => Math.min(...all))],
  ['log', 1, 1, numeric((a = 0) => Math.log(a))],
  ['sqrt', 1, 1, numeric((a = 0) => Math.sqrt(a))],
  ['ispresent', 1, 1, ([value]) => value !== undefined],
  ['coalesce', 1, many, (args) => args.find((value) => value !== undefined)],
  ['if', 3, 3, ([condition, yes, no]) => (isTrue(condition) ? yes : no)],
  ['isempty', 1, 1, ([value]) => (textOf(value) ?? '') === ''],
  ['isblank', 1, 1, ([value]) => (textOf(value) ?? '').trim() === ''],
  ['concat', 1, many, (args) => args.map((value) => textOf(value) ?? '').join('')],
  ['ltrim', 1, 2, textual((text = '', part) => trimStart(text, part))],
  ['rtrim', 1, 2, textual((text = '', part) => trimEnd(text, part))],
  ['trim', 1, 2, textual((text = '', part) => trimEnd(trimStart(text, part), part))],
  ['strlen', 1, 1, textual((text = '') => Array.from(text).length)],
  ['toupper', 1, 1, textual((text = '') => text.toUpperCase())],
  ['tolower', 1, 1, textual((text = '') => text.toLowerCase())],
  ['substr', 2, 3, ([value, start, length]) => substring(textOf(value), numberOf(start), numberOf(length))],
  ['replace', 3, 3, textual((text = '', from = '', to = '') => (from === '' ? text : text.split(from).join(to)))],
  ['strcontains', 2, 2, textual((text = '', part = '') => (text.includes(part) ? 1 : 0))],
  ['isvalidip', 1, 1, textual((text = '') => isIpV4(text) || isIpV6(text))],
  ['isvalidipv4', 1, 1, textual((text = '') => isIpV4(text))],
  ['isvalidipv6', 1, 1, textual((text = '') => isIpV6(text))],
  ['isipinsubnet', 2, 2, textual((text = '', subnet = '') => isInSubnet(text, subnet))],
  ['isipv4insubnet', 2, 2, textual((text = '', subnet = '') => isIpV4(text) && isInSubnet(text, subnet))],
  ['isipv6insubnet', 2, 2, textual((text = '', subnet = '') => isIpV6(text) && isInSubnet(text, subnet))],
  ['now', 0, 0, elsewhere],
  ['bin', 1, 1, elsewhere],
  ['datefloor', 2, 2, elsewhere],
  ['dateceil', 2, 2, elsewhere],
  ['frommillis', 1, 1, ([value]) => numberOf(value)],
  ['tomillis', 1, 1, ([value]) => numberOf(value)],
];

/** Which argument has to be a period such as `5m`. */
const periodAt: Readonly<Record<string, number>> = { bin: 0, datefloor: 1, dateceil: 1 };

/** By the name in lower case. */
export const functions: ReadonlyMap<string, FunctionSpec> = new Map(
  rows.map(([name, least, most, evaluate]) => [
    name,
    { evaluate, problemWith: (args: readonly Expression[]) => problemWith(name, least, most, args) },
  ]),
);

function problemWith(name: string, least: number, most: number, args: readonly Expression[]): string | undefined {
  if (args.length < least || args.length > most) {
    const wanted = least === most ? String(least) : most === many ? `${least} or more` : `${least} or ${most}`;
    return ` takes ${wanted} argument${wanted === '1' ? '' : 's'}.`;
  }
  const period = periodAt[name];
  const wrong = args.findIndex((arg, index) => (arg.kind === 'period') !== (index === period));
  if (wrong !== -1) {
    return wrong === period ? ' needs a period such as 5m.' : ' takes no period here.';
  }
  const given = period === undefined ? undefined : args[period];
  return given?.kind === 'period' && !(given.period.count > 0) ? ' needs a period above zero.' : undefined;
}

function trimStart(text: string, part: string | undefined): string {
  if (part === undefined || part === '') {
    return part === undefined ? text.trimStart() : text;
  }
  let start = 0;
  while (text.startsWith(part, start)) {
    start += part.length;
  }
  return text.slice(start);
}

function trimEnd(text: string, part: string | undefined): string {
  if (part === undefined || part === '') {
    return part === undefined ? text.trimEnd() : text;
  }
  let end = text.length;
  while (end >= part.length && text.endsWith(part, end)) {
    end -= part.length;
  }
  return text.slice(0, end);
}

/** Counted in code points, as `strlen` counts. */
function substring(text: string | undefined, start: number | undefined, length: number | undefined): Value {
  if (text === undefined || start === undefined) {
    return undefined;
  }
  const from = Math.max(0, Math.trunc(start));
  return Array.from(text)
    .slice(from, length === undefined ? undefined : from + Math.max(0, Math.trunc(length)))
    .join('');
}
