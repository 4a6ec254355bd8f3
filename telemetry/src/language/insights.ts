import { CommandParser } from './insightsCommands.ts';
import { InsightsCursor, InsightsSyntaxError } from './insightsCursor.ts';
import type { Command, InsightsError, InsightsQuery } from './insightsTree.ts';

/** AWS's limit, in characters. */
export const longestInsightsQuery = 10_000;

export type ParsedInsightsQuery =
  | { readonly ok: true; readonly query: InsightsQuery }
  | { readonly ok: false; readonly error: InsightsError };

/** Reads a Logs Insights query: commands with bars between, comments after `#`. Never throws. */
export function parseInsights(text: string): ParsedInsightsQuery {
  try {
    return { ok: true, query: { commands: parseCommands(new InsightsCursor(text)) } };
  } catch (error) {
    if (error instanceof InsightsSyntaxError) {
      return { ok: false, error: error.error };
    }
    throw error;
  }
}

function parseCommands(cursor: InsightsCursor): readonly Command[] {
  if (cursor.text.length > longestInsightsQuery) {
    cursor.failAt(
      longestInsightsQuery,
      cursor.text.length - longestInsightsQuery,
      `A query may have ${longestInsightsQuery} characters at most; this one has ${cursor.text.length}.`,
    );
  }
  const parser = new CommandParser(cursor);
  const commands: Command[] = [];
  do {
    commands.push(parser.parse());
  } while (cursor.take('|'));
  if (cursor.skip()) {
    cursor.fail('A | has to come before the next command.');
  }
  return commands;
}
