export type ThreadName = 'writerThread' | 'readerThread' | 'checkpointThread' | 'logReaderThread';

/** The file of a thread's entry point: TypeScript beside this file in development, one flat folder of bundles once built. */
export function entryOf(name: ThreadName): URL {
  const isSource = import.meta.url.endsWith('.ts');
  const file = isSource ? `./${name === 'logReaderThread' ? 'logs/' : ''}${name}.ts` : `./${name}.js`;
  return new URL(file, import.meta.url);
}
