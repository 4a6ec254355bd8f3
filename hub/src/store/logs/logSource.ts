import type { ChunkCache } from './chunkCache.ts';
import type { LogDirectory } from './logDirectory.ts';
import type { LogSnapshot } from './logSnapshot.ts';

/** What a question is answered from. */
export interface LogSource {
  readonly directory: LogDirectory;
  readonly cache: ChunkCache;
  readonly snapshot: LogSnapshot;
}
