export type ThreadName = 'writerThread' | 'readerThread' | 'checkpointThread';

/** The file of a thread's entry point: TypeScript beside this file in development, one flat folder of bundles once built. */
export function entryOf(name: ThreadName): URL {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return new URL(`./${name}${extension}`, import.meta.url);
}
