/** The Dev Container Feature in a repository that is not ours: one line in its devcontainer.json, and its traces are seen. */
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../paths.ts';
import { until } from '../until.ts';
import { DevContainer } from './devContainer.ts';
import { whyNoContainers } from './engine.ts';
import { buildImage, copyFeature, makeFlaskImage, makeForeignRepository } from './foreignRepository.ts';
import { makeMissingImages } from './images.ts';
import { outputOf, run, type Ran } from './run.ts';

const whyNot = await whyNoContainers();
if (whyNot === undefined) await makeMissingImages((line) => console.log(line));
const flask = whyNot === undefined ? await makeFlaskImage() : { reason: whyNot };
if ('reason' in flask) console.log(`  Skipped, ${flask.reason}`);
const image = 'image' in flask ? flask.image : '';

const program = '/usr/local/share/sightline';

/** Asks the hub for its traces as a person in the container would. */
function tracesCommand(port: number): string[] {
  const token = '$(cat ~/.local/state/sightline/token)';
  const url = `http://127.0.0.1:${port}/sightline/v1/traces`;
  return ['sh', '-c', `curl --silent --fail --header "Authorization: Bearer ${token}" ${url}`];
}

/** A repository with the Feature, brought up; gives names and sources of the traces that its Flask app made in the container. */
class Foreign {
  container: DevContainer | undefined;
  #removeRepository: (() => void) | undefined;
  #image = '';

  async up(configuration: object): Promise<void> {
    const repository = await makeForeignRepository(configuration);
    this.#removeRepository = repository.remove;
    this.container = new DevContainer(repository.folder, '.devcontainer/devcontainer.json');
    const { containerId } = await this.container.up();
    this.#image = (await outputOf('docker', ['inspect', '--format', '{{.Image}}', containerId])).trim();
  }

  async exec(command: readonly string[]): Promise<string> {
    return (await this.container?.exec(command)) ?? '';
  }

  async tracesOfARequest(hubPort: number): Promise<string[]> {
    await this.exec(['sh', '-c', 'setsid python app.py 8000 >/tmp/app.log 2>&1 </dev/null &']);
    await until('the app answers', async () =>
      this.exec(['curl', '--silent', '--fail', 'http://127.0.0.1:8000/orders/42']),
    );
    return await until(
      'both traces',
      async () => {
        const { traces } = JSON.parse(await this.exec(tracesCommand(hubPort))) as {
          readonly traces: readonly { readonly name: string; readonly sources: readonly string[] }[];
        };
        const seen = new Set(traces.map(({ name, sources }) => `${name} by ${sources.join('+')}`));
        return seen.size >= 2 ? [...seen].toSorted() : undefined;
      },
      60_000,
    );
  }

  async remove(): Promise<void> {
    await this.container?.remove();
    this.#removeRepository?.();
    if (this.#image !== '') await run('docker', ['rmi', '--force', this.#image]);
  }
}

describe.skipIf('reason' in flask)('the Feature in a foreign Flask repository', () => {
  beforeAll(async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sightline-vsix-'));
    await outputOf(process.execPath, ['scripts/package.mjs', path.join(folder, 'sightline.vsix')], {
      cwd: projectRoot,
    });
    rmSync(folder, { recursive: true });
  });

  describe('with one line', () => {
    const foreign = new Foreign();
    beforeAll(async () => foreign.up({ image, features: { './sightline': {} } }));
    afterAll(async () => foreign.remove());

    test('shows the traces of its app, which no line of code prepared for that', async () => {
      expect(await foreign.tracesOfARequest(4319)).toEqual(['GET /orders/42 by xray', 'GET /orders/<sku> by otlp']);
    });

    test('runs the hub on the Node that is there', async () => {
      expect(await foreign.exec(['cat', '/usr/local/bin/sightline-hub'])).toContain('exec "/usr/local/bin/node"');
    });

    test('carries the extension where the editor takes it from', async () => {
      const header = await foreign.exec(['head', '-c', '2', `${program}/sightline.vsix`]);
      expect(header).toBe('PK');
    });

    test('starts no second hub, and says nothing, when the container starts again', async () => {
      expect(await foreign.exec(['sightline-hub-start'])).toBe('');
    });
  });

  describe('without a Node, as a user of its own, on other ports and started by hand', () => {
    const foreign = new Foreign();
    let mirror: Server;
    let bare = '';

    beforeAll(async () => {
      mirror = await startNodeMirror();
      const gateway = await gatewayOf();
      bare = await buildImage(`FROM ${image}\nRUN rm /usr/local/bin/node\n`);
      const { port } = mirror.address() as AddressInfo;
      const options = { autostart: false, port: '14319', otlpPort: '14318', otlpGrpcPort: 'none', xrayPort: '12000' };
      const nodeMirror = `http://${gateway}:${port}`;
      await foreign.up({ image: bare, remoteUser: 'node', features: { './sightline': { ...options, nodeMirror } } });
    });

    afterAll(async () => {
      await foreign.remove();
      mirror?.close();
      if (bare !== '') await run('docker', ['rmi', '--force', bare]);
    });

    test('starts nothing by itself', async () => {
      await expect(foreign.exec(tracesCommand(14319))).rejects.toThrow('ended with');
    });

    test('shows the traces of its app', async () => {
      expect(await foreign.exec(['sightline-hub-start'])).toBe(
        'Sightline: the hub listens on http://127.0.0.1:14319.\n',
      );
      expect(await foreign.tracesOfARequest(14319)).toEqual(['GET /orders/42 by xray', 'GET /orders/<sku> by otlp']);
    });

    test('leaves the PATH without a Node, as it was', async () => {
      expect(await foreign.exec(['sh', '-c', 'command -v node || echo none'])).toBe('none\n');
      expect(await foreign.exec([`${program}/node/bin/node`, '--version'])).toBe(`${process.version}\n`);
    });
  });

  describe('without an editor or a CLI', () => {
    let feature: string;

    beforeAll(async () => {
      feature = path.join(mkdtempSync(path.join(tmpdir(), 'sightline-feature-')), 'sightline');
      await copyFeature(feature);
    });

    afterAll(() => rmSync(path.dirname(feature), { recursive: true, force: true }));

    /** Runs a script in a container of the image, the Feature's folder at /feature. */
    function inContainer(script: string, ...options: string[]): Promise<Ran> {
      const args = ['run', '--rm', '--volume', `${feature}:/feature:ro`, ...options, image, 'sh', '-c', script];
      return run('docker', args, { limitMillis: 60_000 });
    }

    test.each([
      ['PORT=70000', 'the option port has to be a port, not "70000".'],
      ['OTLPPORT=x', 'the option otlpPort has to be a port, not "x".'],
      ['DESTINATIONS=xray,mars', 'the option destinations knows xray, logs, rollbar and otlp=URL, not "mars".'],
      [
        "DESTINATIONS='otlp=https://a/$(id)'",
        'the destination "otlp=https://a/$(id)" holds what no address has: write it percent-encoded.',
      ],
    ])('refuses %s in words', async (variable, sentence) => {
      for (const shell of ['sh', 'busybox sh']) {
        const { code, stderr } = await inContainer(`${variable} ${shell} /feature/install.sh`);
        expect(`${code} ${stderr.trim()}`).toBe(`1 Sightline: ${sentence}`);
      }
    });

    test('hands the destinations to the hub', async () => {
      const script =
        'DESTINATIONS=xray,otlp=http://127.0.0.1:9?a=b,rollbar busybox sh /feature/install.sh && cat /usr/local/share/sightline/options';
      const { stdout } = await inContainer(script);
      expect(stdout).toContain('--relay xray --relay otlp=http://127.0.0.1:9?a=b --relay rollbar"');
    });

    test('runs on a read-only system as a user without a home, and says where its data is', async () => {
      const installed = await buildImageWithFeature(feature);
      try {
        const { stdout, stderr } = await run(
          'docker',
          ['run', '--rm', '--read-only', '--tmpfs', '/tmp', '--user', '4242', installed, 'sh', '-c'].concat(
            'sightline-hub-start; curl --silent --fail http://127.0.0.1:4319/health',
          ),
        );
        expect(stderr).toContain('cannot be written, so the hub keeps its data in /tmp/sightline-4242');
        expect(stdout).toContain('"status":"ok"');
      } finally {
        await run('docker', ['rmi', '--force', installed]);
      }
    });
  });
});

async function buildImageWithFeature(feature: string): Promise<string> {
  const name = `sightline-test-feature-${process.pid}`;
  const context = path.dirname(feature);
  const file = `FROM ${image}\nCOPY sightline /feature\nRUN sh /feature/install.sh\n`;
  await outputOf('docker', ['build', '--quiet', '--tag', name, '--file', '-', context], { input: file });
  return name;
}

/** This machine as a container of the engine's own bridge sees it, on which images are built: where its default route leads. */
async function gatewayOf(): Promise<string> {
  const routes = await outputOf('docker', ['run', '--rm', image, 'cat', '/proc/net/route']);
  const [, hex = ''] = /^\S+\s+00000000\s+([0-9A-F]{8})/m.exec(routes) ?? [];
  // The kernel writes an address as a number of this machine's, the last part first.
  return Buffer.from(hex, 'hex').toReversed().join('.');
}

/** Serves this machine's Node as nodejs.org serves it: an archive, and the file with its checksum. */
async function startNodeMirror(): Promise<Server> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sightline-mirror-'));
  const name = `node-${process.version}-linux-${process.arch}`;
  mkdirSync(path.join(folder, name, 'bin'), { recursive: true });
  await outputOf('cp', [process.execPath, path.join(folder, name, 'bin/node')]);
  await outputOf('cp', [path.join(projectRoot, 'LICENSE'), path.join(folder, name, 'LICENSE')]);
  const archive = path.join(folder, `${name}.tar.gz`);
  await outputOf('sh', ['-c', `tar -C ${folder} -c ${name} | gzip -1 > ${archive}`]);
  const bytes = readFileSync(archive);
  rmSync(folder, { recursive: true });
  const sum = createHash('sha256').update(bytes).digest('hex');
  const server = createServer((request, response) => {
    const file = path.basename(request.url ?? '');
    if (file === 'SHASUMS256.txt') response.end(`${sum}  ${name}.tar.gz\n${'0'.repeat(64)}  ${name}.tar.xz\n`);
    else if (file === `${name}.tar.gz`) response.end(bytes);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '0.0.0.0', resolve);
  });
  return server;
}
