// Builds bundles so that whoever reads one meanwhile finds it whole, also where two builds run side by side: a file is written elsewhere and
// moved to its place, what imports others last. What an interrupted build, or another one, left is not taken for what the inputs make.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import esbuild from 'esbuild';

const cacheFolder = '.cache';

/**
 * Builds those bundles of a project that are not what their inputs make. `bundles` are esbuild's options by name. Answers the names of those that
 * were built and that failed, and the files of each bundle, relative to `root`.
 */
export async function buildBundles(root, bundles, { force = false } = {}) {
  const stamps = force ? {} : readStamps(root);
  const built = [];
  const failed = [];
  for (const [name, options] of Object.entries(bundles)) {
    if (isFresh(root, stamps[name], options)) continue;
    try {
      const startedAt = Date.now();
      const result = await esbuild.build({ ...options, absWorkingDir: root, write: false, metafile: true });
      writeOutputs(root, result);
      stamps[name] = stampOf(root, options, result.metafile, startedAt);
      built.push(name);
    } catch {
      // esbuild has printed the errors with their places.
      failed.push(name);
    }
  }
  put(root, stampFileOf(root), JSON.stringify(stamps));
  return { built, failed, outputs: (name) => Object.keys(stamps[name]?.outputs ?? {}) };
}

/** Puts what esbuild made in memory into its place: entry points last, so that what they import is there. */
export function writeOutputs(root, { outputFiles, metafile }) {
  const isEntry = (file) => metafile.outputs[nameOf(root, file)]?.entryPoint !== undefined;
  for (const { path: file, contents } of outputFiles.toSorted((a, b) => isEntry(a.path) - isEntry(b.path))) {
    put(root, file, contents);
  }
}

/** Makes a flat folder hold copies of `files` and the texts of `extra`, by name, and nothing else. */
export function mirror(root, files, folder, extra) {
  const to = path.join(root, folder);
  for (const [name, text] of Object.entries(extra)) put(root, path.join(to, name), text);
  for (const file of files) put(root, path.join(to, path.basename(file)), readFileSync(path.join(root, file)));
  const wanted = new Set([...Object.keys(extra), ...files.map((file) => path.basename(file))]);
  for (const name of readdirSync(to)) {
    if (!wanted.has(name)) rmSync(path.join(to, name), { recursive: true, force: true });
  }
}

/** Writes a file where it differs, so that no reader ever finds a part of it. */
function put(root, file, contents) {
  const bytes = Buffer.from(contents);
  if (existsSync(file) && readFileSync(file).equals(bytes)) return;
  // Not beside it: what an interrupted build leaves there would be packed with the rest.
  const unfinished = path.join(root, cacheFolder, `${path.basename(file)}.${process.pid}`);
  mkdirSync(path.dirname(unfinished), { recursive: true });
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(unfinished, bytes);
  renameSync(unfinished, file);
}

function readStamps(root) {
  try {
    return JSON.parse(readFileSync(stampFileOf(root), 'utf8'));
  } catch {
    // Nothing was built yet, or the note is damaged: everything is built anew.
    return {};
  }
}

function stampOf(root, options, { inputs, outputs }, startedAt) {
  // What changed while it was read may be in the bundle or not.
  const inputVersion = (file) => (changedAt(root, file) > startedAt ? 'changed' : versionOf(root, file));
  return {
    options: optionsText(options),
    inputs: Object.fromEntries(Object.keys(inputs).map((file) => [file, inputVersion(file)])),
    outputs: Object.fromEntries(Object.keys(outputs).map((file) => [file, versionOf(root, file)])),
  };
}

function isFresh(root, stamp, options) {
  const isAsNoted = ([file, version]) => versionOf(root, file) === version;
  return (
    stamp !== undefined &&
    stamp.options === optionsText(options) &&
    !Array.isArray(stamp.outputs) &&
    Object.entries(stamp.outputs).every(isAsNoted) &&
    Object.entries(stamp.inputs).every(isAsNoted)
  );
}

/** Without the checkout's place: a container sees the same files elsewhere. */
function optionsText(options) {
  return JSON.stringify({ ...options, absWorkingDir: undefined });
}

function versionOf(root, file) {
  const state = statSync(path.join(root, file), { throwIfNoEntry: false });
  return state === undefined ? 'gone' : `${state.mtimeMs} ${state.size}`;
}

function changedAt(root, file) {
  return statSync(path.join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function stampFileOf(root) {
  return path.join(root, cacheFolder, 'build.json');
}

function nameOf(root, file) {
  return path.relative(root, file).replaceAll(path.sep, '/');
}
