import { expect, test } from 'vitest';
import { makeCounters } from '../memory/counters.ts';
import { fullRoom, rowsPerSegment } from '../memory/segment.ts';
import { TraceSlots } from '../memory/traceSlots.ts';
import { LogLinks } from './logLinks.ts';
import { SegmentSet } from './segmentSet.ts';
import { SpanLinks } from './spanLinks.ts';
import { Staging } from './staging.ts';

const trace = [1, 2, 3, 4] as const;

/** Counts how often a row's segment is asked for: each step along a chain is one. */
class CountedSegments extends SegmentSet {
  steps = 0;

  override of(globalRow: number): ReturnType<SegmentSet['of']> {
    this.steps += 1;
    return super.of(globalRow);
  }

  override find(globalRow: number): ReturnType<SegmentSet['find']> {
    this.steps += 1;
    return super.find(globalRow);
  }
}

const nobody = (): void => undefined;
const events = { onSegment: nobody, onSegmentFreed: nobody, onTraces: nobody, onTracesFreed: nobody };

function makeLinks() {
  const counters = makeCounters();
  const segments = new CountedSegments(events);
  const traces = new TraceSlots(counters, events);
  return {
    segments,
    spans: new SpanLinks(segments, traces, counters, nobody),
    logs: new LogLinks(segments, traces, counters),
    slot: traces.findOrAdd(...trace),
    staging: new Staging(segments, 0, fullRoom),
  };
}

type Links = ReturnType<typeof makeLinks>;

function stageSpan({ staging }: Links, id: number): number {
  staging.beginSpan();
  Object.assign(staging.draft, { id0: 1, id1: 2, id2: 3, id3: 4, idLow: id });
  return staging.endSpan();
}

function stageLog({ staging }: Links): number {
  staging.beginLog();
  return staging.endLog();
}

/** Moves `count` spans and as many log records of one trace to the next segment; the chains keep their order, step by step. */
function check(count: number, stepsARow: number): void {
  const links = makeLinks();
  const { segments, spans, logs, slot, staging } = links;
  for (let id = 1; id <= count; id += 1) {
    spans.take(stageSpan(links, id), slot);
    logs.take(stageLog(links), slot);
  }
  staging.publish();
  staging.closeSegment();
  const spanRows = spans.rowsOf(slot);
  const logRows = logs.rowsOf(slot);
  const movedSpans = new Map(spanRows.map((row) => [row, stageSpan(links, row + 1)]));
  const movedLogs = new Map(logRows.map((row) => [row, stageLog(links)]));
  staging.publish();
  segments.steps = 0;
  spans.replaceRows(movedSpans);
  logs.replaceRows(movedLogs);
  expect(segments.steps / (2 * count)).toBeLessThan(stepsARow);
  expect(spans.rowsOf(slot)).toEqual(spanRows.map((row) => movedSpans.get(row)));
  expect(logs.rowsOf(slot)).toEqual(logRows.map((row) => movedLogs.get(row)));
  expect(spans.rowsOf(slot).every((row) => row >= rowsPerSegment)).toBe(true);
}

test('the rows of a pinned trace move in so many steps a row, however many they are', () => {
  check(10, 6);
  check(10_000, 6);
});
