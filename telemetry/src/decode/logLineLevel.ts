import type { LogLevel } from '../model/logEvent.ts';

const named: Readonly<Record<string, LogLevel>> = {
  trace: 'trace',
  silly: 'trace',
  debug: 'debug',
  verbose: 'debug',
  info: 'info',
  information: 'info',
  notice: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  fatal: 'fatal',
  critical: 'fatal',
  crit: 'fatal',
  emerg: 'fatal',
  alert: 'fatal',
};

const jsonLevel = /"(?:level|severity|severityText|log\.level|levelname|lvl)"\s*:\s*(?:"([A-Za-z]+)"|(\d{1,3}))/;
/** Where loggers put it: in brackets, before a colon, after the time, or as a key. */
const wrapped = /(?:^|[\s|])(?:\[\s*([A-Za-z]+)\s*\]|([A-Z]{3,11})(?=[\s:|\]])|([A-Za-z]{3,11}):|level=([A-Za-z]+))/g;
/** Nobody writes the level at the end of a long line. */
const lookedAt = 200;

/** The level of a line, guessed from how loggers write it: a JSON field, `[INFO]`, `WARN `, `error:`, `level=debug`. */
export function levelIn(message: string): LogLevel {
  const json = message.startsWith('{') ? jsonLevel.exec(message) : null;
  if (json !== null) {
    return json[1] === undefined ? levelOfNumber(Number(json[2])) : (named[json[1].toLowerCase()] ?? 'unset');
  }
  for (const match of message.slice(0, lookedAt).matchAll(wrapped)) {
    const level = named[(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '').toLowerCase()];
    if (level !== undefined) {
      return level;
    }
  }
  return 'unset';
}

/** Pino's and bunyan's numbers: 10 trace to 60 fatal. */
function levelOfNumber(number: number): LogLevel {
  const levels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
  return levels[Math.floor(number / 10) - 1] ?? 'unset';
}
