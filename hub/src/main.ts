#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { parseCommandLine, usage, type ServeOptions } from './commandLine.ts';
import { prepareDataDirectory } from './dataDirectory.ts';
import { UserError } from './userError.ts';

// Whoever reads our output may be gone before us (an editor window that was closed); that is no reason to end.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

await run().catch((error: unknown) => {
  // A bug has a stack that somebody must see; what a person can put right is one sentence.
  process.stderr.write(`sightline-hub: ${error instanceof UserError ? error.message : describeBug(error)}\n`);
  process.exitCode = 1;
});

async function run(): Promise<void> {
  const commandLine = parseCommandLine(process.argv.slice(2));
  switch (commandLine.kind) {
    case 'help':
      process.stdout.write(usage);
      return;
    case 'version': {
      const { version } = await import('./version.ts');
      process.stdout.write(`${version}\n`);
      return;
    }
    case 'wrong':
      process.stderr.write(`sightline-hub: ${commandLine.message}\n`);
      process.exitCode = 2;
      return;
    case 'serve':
      await serve(commandLine.options);
      return;
  }
}

async function serve(options: ServeOptions): Promise<void> {
  // Whatever a library writes there too is nobody else's business.
  process.umask(0o077);
  prepareDataDirectory(options.dataDir);
  // In the data directory, since only its owner can write there: a cache of code in a shared place could be planted.
  enableCompileCache(join(options.dataDir, 'compile-cache'));
  const [{ Hub }, { openTelemetryStore }, { readyText }] = await Promise.all([
    import('./hub.ts'),
    import('./store/openTelemetryStore.ts'),
    import('./readyText.ts'),
  ]);
  const { hub, ready } = await Hub.start(options, openTelemetryStore);
  let signals = 0;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      signals += 1;
      if (signals > 1) {
        // Whoever sends a second one does not want to wait for the flush.
        process.exit(1);
      }
      void hub.stop();
    });
  }
  process.on('message', (message) => {
    // A parent with an IPC channel ends the hub so where signals do not exist (Windows).
    if (message === 'shutdown') {
      void hub.stop();
    }
  });
  process.stdout.write(options.json ? `${JSON.stringify(ready)}\n` : readyText(ready));
  await hub.ended;
  process.exit(0);
}

function describeBug(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
