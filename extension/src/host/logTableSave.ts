import { createReadStream } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { LogRowJson } from '@sightline/hub/client/logsApi';
import { renderLogLine } from './logsDocumentText.ts';

/** How lines are written: as text that people read, or as one JSON object a line. */
export type LogFileFormat = 'text' | 'json';

/**
 * Writes lines that come newest first to a file, oldest first. They go through a temporary file, for a log may be larger than memory; where
 * the signal is aborted, an existing file stays as it was. Returns how many lines there were.
 */
export async function saveLog(
  file: string,
  format: LogFileFormat,
  chunks: AsyncIterable<readonly LogRowJson[]>,
  onProgress: (lines: number) => void,
  signal: AbortSignal,
): Promise<number> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sightline-save-'));
  try {
    const backwards = path.join(folder, 'chunks');
    const { lengths, lines } = await writeChunks(backwards, format, chunks, onProgress, signal);
    await copyBackwards(backwards, lengths, file, signal);
    return lines;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeChunks(
  file: string,
  format: LogFileFormat,
  chunks: AsyncIterable<readonly LogRowJson[]>,
  onProgress: (lines: number) => void,
  signal: AbortSignal,
): Promise<{ readonly lengths: readonly number[]; readonly lines: number }> {
  await using handle = await open(file, 'w');
  const lengths: number[] = [];
  let lines = 0;
  for await (const rows of chunks) {
    signal.throwIfAborted();
    const text = rows
      .toReversed()
      .map((row) => `${format === 'json' ? JSON.stringify(row) : renderLogLine(row)}\n`)
      .join('');
    const bytes = Buffer.from(text);
    await handle.write(bytes);
    lengths.push(bytes.length);
    lines += rows.length;
    onProgress(lines);
  }
  return { lengths, lines };
}

async function copyBackwards(from: string, lengths: readonly number[], to: string, signal: AbortSignal): Promise<void> {
  await using handle = await open(to, 'w');
  let end = lengths.reduce((sum, length) => sum + length, 0);
  for (const length of lengths.toReversed()) {
    signal.throwIfAborted();
    if (length > 0) {
      const chunk = createReadStream(from, { start: end - length, end: end - 1 });
      await pipeline(chunk, async (bytes: AsyncIterable<Buffer>) => {
        for await (const part of bytes) {
          await handle.write(part);
        }
      });
    }
    end -= length;
  }
}
