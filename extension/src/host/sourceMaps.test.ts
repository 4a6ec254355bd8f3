import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { build, type BuildOptions } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SourceMaps, mapAddressIn } from './sourceMaps.ts';

// What stands here was compiled by the real compilers, in a folder whose name has to be written otherwise in an address.
let folder: string;

beforeAll(async () => {
  folder = path.join(mkdtempSync(path.join(tmpdir(), 'sightline-maps-')), 'my app');
  mkdirSync(path.join(folder, 'src', 'routes'), { recursive: true });
  write('src/routes/feed.ts', feedSource);
  write('src/main.ts', "import { feed } from './routes/feed.ts';\n\nfeed({ handle: undefined });\n");
  await bundle({ outfile: 'dist/linked.js', sourcemap: 'linked' });
  await bundle({ outfile: 'dist/inline.js', sourcemap: 'inline' });
  await bundle({ outfile: 'dist/minified.js', sourcemap: 'linked', minify: true });
  await bundle({ outfile: 'dist/unnamed.js', sourcemap: 'external' });
  await bundle({ outfile: 'dist/rooted.js', sourcemap: 'linked', sourceRoot: 'webpack:///' });
  const tsc = path.resolve(import.meta.dirname, '../../../node_modules/typescript/bin/tsc');
  const options = '--rootDir src --outDir out --sourceMap --target es2022 --module nodenext --ignoreConfig';
  const imports = '--rewriteRelativeImportExtensions src/main.ts';
  await promisify(execFile)(process.execPath, [tsc, ...`${options} ${imports}`.split(' ')], { cwd: folder });
});

afterAll(() => rmSync(path.dirname(folder), { recursive: true, force: true }));

const feedSource = `interface User {
  readonly handle: string | undefined;
}

export function feed(user: User): string {
  if (user.handle === undefined) {
    throw new TypeError('no handle');
  }
  return user.handle;
}
`;

/** Where the `throw` of a compiled file was written. */
async function check(file: string, expected: string): Promise<void> {
  const { line, column } = throwIn(file);
  expect(await originalOf(file, { line, column })).toBe(expected);
}

test.each(['dist/linked.js', 'dist/inline.js', 'dist/minified.js', 'dist/unnamed.js', 'out/routes/feed.js'])(
  '%s leads back to the TypeScript line',
  async (file) => {
    await check(file, 'src/routes/feed.ts:7:11');
  },
);

test('a bundler’s own address is answered as it stands', async () => {
  await check('dist/rooted.js', 'webpack:///src/routes/feed.ts:7:11');
});

test('a frame without a column gets the first place of its line', async () => {
  const { line } = throwIn('out/routes/feed.js');
  expect(await originalOf('out/routes/feed.js', { line })).toBe('src/routes/feed.ts:7:5');
});

test('a line that the map does not know has no original', async () => {
  expect(await originalOf('dist/linked.js', { line: 9000, column: 1 })).toBe('none');
});

test('a file without a map, a map that is missing, and one that is broken have no original', async () => {
  write('dist/plain.js', 'throw 1;\n');
  write('dist/missing.js', 'throw 1;\n//# sourceMappingURL=gone.js.map\n');
  write('dist/broken.js', 'throw 1;\n//# sourceMappingURL=broken.js.map\n');
  write('dist/broken.js.map', '{"version":3,"mappings":');
  write('dist/remote.js', 'throw 1;\n//# sourceMappingURL=https://example.com/remote.js.map\n');
  write('dist/strange.js', 'throw 1;\n//# sourceMappingURL=data:application/json;base64,%%%\n');
  for (const name of ['plain', 'missing', 'broken', 'remote', 'strange', 'absent']) {
    expect(`${name} ${await originalOf(`dist/${name}.js`, { line: 1, column: 1 })}`).toBe(`${name} none`);
  }
});

test('a new build is read anew', async () => {
  const maps = sourceMaps();
  const first = await maps.originalOf(at('dist/inline.js'), throwIn('dist/inline.js'));
  write('src/routes/feed.ts', `// one line more\n${feedSource}`);
  await bundle({ outfile: 'dist/inline.js', sourcemap: 'inline' });
  const second = await maps.originalOf(at('dist/inline.js'), throwIn('dist/inline.js'));
  expect([first?.line, second?.line]).toEqual([7, 8]);
});

test('the last address in a file is its own: a bundle may quote others', () => {
  const text = 'const a = "//# sourceMappingURL=inner.map";\n//# sourceMappingURL=outer.map\n';
  expect([mapAddressIn(text), mapAddressIn('//@ sourceMappingURL=old.map'), mapAddressIn('none')]).toEqual([
    'outer.map',
    'old.map',
    undefined,
  ]);
});

async function originalOf(file: string, place: { line: number; column?: number }): Promise<string> {
  const found = await sourceMaps().originalOf(at(file), place);
  return found === undefined ? 'none' : `${found.path.replace(at(''), '')}:${found.line}:${found.column}`;
}

/** V8 reports where the `new` of what is thrown begins. */
function throwIn(file: string): { readonly line: number; readonly column: number } {
  const lines = readFileSync(path.join(folder, file), 'utf8').split('\n');
  const line = lines.findIndex((text) => text.includes('new TypeError'));
  return { line: line + 1, column: (lines[line]?.indexOf('new TypeError') ?? 0) + 1 };
}

function sourceMaps(): SourceMaps {
  return new SourceMaps({
    async read(file) {
      try {
        return readFileSync(file, 'utf8');
      } catch {
        // As in the editor: what is not there is `undefined`.
        return undefined;
      }
    },
  });
}

async function bundle(options: BuildOptions): Promise<void> {
  await build({ absWorkingDir: folder, entryPoints: ['src/main.ts'], bundle: true, format: 'esm', ...options });
}

function write(file: string, text: string): void {
  writeFileSync(path.join(folder, file), text);
}

function at(file: string): string {
  return `${folder.replaceAll('\\', '/')}/${file}`;
}
