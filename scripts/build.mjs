// Bundles what ships: the hub (hub/dist) and the extension with a copy of the hub (extension/dist).
// `node scripts/build.mjs` skips a bundle whose inputs have not changed; `--watch` keeps building; `--force` always builds.
import { existsSync, globSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import { buildBundles, mirror, writeOutputs } from './bundling.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The bundles by name. A maker, since entry points may come and go between two builds. */
function bundles() {
  return {
    hub: {
      ...shared,
      // A worker thread is a file of its own at run time, so every `*Thread.ts` is an entry point beside main.ts.
      entryPoints: ['hub/src/main.ts', ...files('hub/src/**/*Thread.ts')],
      entryNames: '[name]',
      // What the threads share is one file, and what is imported late (gRPC, the API) is read late: 8 MiB less in an idle hub.
      // Flat, since a thread is started by its name beside the file that starts it.
      splitting: true,
      chunkNames: '[name]-[hash]',
      outdir: 'hub/dist',
      platform: 'node',
      format: 'esm',
      target: 'node24',
      // Bundled CommonJS packages call require() for Node's own modules, which an ES module does not have.
      banner: {
        js: "import{createRequire as __createRequire}from'node:module';import{fileURLToPath as __fileURLToPath}from'node:url';const require=__createRequire(import.meta.url),__filename=__fileURLToPath(import.meta.url),__dirname=__fileURLToPath(new URL('.',import.meta.url));",
      },
    },
    extension: {
      ...shared,
      entryPoints: ['extension/src/extension.ts', 'extension/src/sources/aws/awsSdk.ts'],
      entryNames: '[name]',
      outdir: 'extension/dist',
      outExtension: { '.js': '.cjs' },
      platform: 'node',
      format: 'cjs',
      target: 'node22',
      external: ['vscode'],
      plugins: [loadedLate('awsSdk')],
      // Its `main` asks for its parts by a require that cannot be followed.
      alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
    },
    webviews: {
      ...shared,
      // extension/src/webviews/<name>/main.ts becomes dist/webviews/<name>/main.js; a worker is a file of its own beside it.
      entryPoints: files('extension/src/webviews/*/{main,*Worker}.ts'),
      outbase: 'extension/src/webviews',
      outdir: 'extension/dist/webviews',
      platform: 'browser',
      format: 'esm',
      target: 'es2024',
    },
  };
}

/** An esbuild plugin that leaves an entry point out of the others that import it: they read its own file when they need it. */
function loadedLate(name) {
  return {
    name: 'loaded-late',
    setup(context) {
      context.onResolve({ filter: new RegExp(`/${name}\\.ts$`) }, ({ kind }) =>
        kind === 'dynamic-import' ? { path: `./${name}.cjs`, external: true } : undefined,
      );
    },
  };
}

/** What is tested is what ships, so there is one kind of build: minified, with source maps that stay out of the VSIX. */
const shared = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  // Names of classes and functions appear in logs and error texts.
  keepNames: true,
  sourcemap: 'linked',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

/** Builds what has changed. Throws when code does not build, after the rest was built; esbuild has said why. */
export async function build({ force = false } = {}) {
  const known = Object.entries(bundles()).filter(
    ([, { entryPoints }]) => entryPoints.length > 0 && entryPoints.every((file) => existsSync(path.join(root, file))),
  );
  const { built, failed, outputs } = await buildBundles(root, Object.fromEntries(known), { force });
  copyHub(outputs('hub'));
  if (failed.length > 0) throw new Error(`Not built: ${failed.join(', ')}`);
  return built;
}

/**
 * The extension starts the hub from its own folder, which holds nothing but the bundle. `outputs` are the files of this build:
 * beside them lie those of earlier ones, which a hub that still runs may yet import.
 */
function copyHub(outputs) {
  if (outputs.length > 0) mirror(root, outputs, 'extension/dist/hub', { 'package.json': '{ "type": "module" }\n' });
}

async function watch() {
  for (const [name, options] of Object.entries(bundles())) {
    if (options.entryPoints.length === 0) continue;
    const plugins = [...(options.plugins ?? []), reporter(name)];
    const context = await esbuild.context({ ...options, write: false, plugins });
    await context.watch();
  }
  // The background task in .vscode/tasks.json waits for this line.
  console.log('[watch] watching');
}

/** An esbuild plugin that writes a bundle that was built, says so, and passes a new hub on to the extension. */
function reporter(name) {
  return {
    name: 'reporter',
    setup(context) {
      context.onEnd(({ errors, metafile, outputFiles }) => {
        if (errors.length === 0) {
          writeOutputs(root, { outputFiles, metafile });
          if (name === 'hub') copyHub(Object.keys(metafile.outputs));
        }
        const outcome = errors.length === 0 ? 'built' : `${errors.length} errors`;
        console.log(`[watch] ${new Date().toLocaleTimeString()} ${name}: ${outcome}`);
      });
    },
  };
}

function files(pattern) {
  return globSync(pattern, { cwd: root })
    .map((file) => file.replaceAll(path.sep, '/'))
    .toSorted();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv.includes('--watch')) {
    await build();
    await watch();
  } else {
    const started = performance.now();
    try {
      const built = await build({ force: process.argv.includes('--force') });
      const took = `${((performance.now() - started) / 1000).toFixed(1)} s`;
      if (built.length > 0) console.log(`Built ${built.join(', ')} (${took})`);
    } catch (error) {
      console.error(error.message);
      process.exitCode = 1;
    }
  }
}
