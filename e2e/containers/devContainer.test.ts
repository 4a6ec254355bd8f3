/** The repository's dev container in a real Docker engine. Skipped, with the reason, where there is none. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../paths.ts';
import { until } from '../until.ts';
import { makeCheckout } from './checkout.ts';
import { DevContainer } from './devContainer.ts';
import { whyNoContainers } from './engine.ts';
import { sdkScript, strangerScript, tracesScript, type SeenTrace } from './hubQueries.ts';
import { devContainerImages, imagesNamedIn, makeMissingImages } from './images.ts';
import { outputOf, run } from './run.ts';
import { siblingsScript, type Siblings } from './siblings.ts';

const hub = 'http://hub:4319';
const dataDir = '/var/lib/sightline';
const whyNot = await whyNoContainers();
if (whyNot !== undefined) console.log(`  Skipped: ${whyNot}.`);
/** The image of Docker's client gets this machine's plugin. */
const hasCompose2 = (await run('docker', ['compose', 'version'])).code === 0;
if (whyNot === undefined && !hasCompose2) console.log('  Skipped in part: this machine has Compose 1 only.');

test('the images that the tests prepare are those that the dev containers name', () => {
  const named = imagesNamedIn(path.join(projectRoot, '.devcontainer'));
  expect(named.toSorted()).toEqual(devContainerImages.toSorted());
});

describe.skipIf(whyNot !== undefined)('the dev container', () => {
  let checkout: Awaited<ReturnType<typeof makeCheckout>> | undefined;
  let container: DevContainer;
  let timing: Record<string, number> = {};
  let published: string | undefined;

  beforeAll(async () => {
    await makeMissingImages((line) => console.log(line));
    checkout = await makeCheckout();
    container = new DevContainer(checkout.folder, '.devcontainer/devcontainer.json');
    const startedAt = Date.now();
    const since = (time: number): number => (time - startedAt) / 1000;
    const firstTrace = async (): Promise<void> => {
      await get('/api/activities/home', 5 * 60_000);
      const answer = since(Date.now());
      await traceOf('GET /api/activities/home');
      const trace = since(Date.now());
      const [hubStart = 0, daemon = 0, backend = 0] = (
        await Promise.all(['hub', 'xray-daemon', 'backend'].map(async (name) => await startOf(name)))
      ).map((time) => since(Date.parse(time)));
      timing = { hub: hubStart, daemon, backend, answer, trace };
    };
    await Promise.all([container.up(), firstTrace()]);
  });

  afterAll(async () => {
    await container?.remove();
    checkout?.remove();
  });

  test('a request from outside is a trace through the daemon in its container, within a minute of "devcontainer up"', async () => {
    const trace = await traceOf('GET /api/activities/home');
    // The hub has no X-Ray port here, so segments can only have come through the daemon.
    expect(trace.sources).toEqual(['xray', 'otlp']);
    expect(await outputOf('docker', ['logs', await idOf('xray-daemon')])).toContain('Successfully sent batch');
    const { trace: total = Infinity, hub: hubStart = 0 } = timing;
    // Before the hub's container nothing of ours runs: the CLI and the engine are at work.
    const ours = total - hubStart;
    console.log(`devcontainer up to the first trace: ${total.toFixed(1)} s, of which ours ${ours.toFixed(1)} s`);
    const steps = Object.entries(timing).map(([step, seconds]) => `${step} ${seconds.toFixed(1)}`);
    console.log(`  seconds after the command: ${steps.join(', ')}`);
    expect(total).toBeLessThanOrEqual(60);
  });

  test('its log line and its error are seen with it', async () => {
    expect((await get('/api/activities/@juno?fail=1')).status).toBe(500);
    const trace = await traceOf('GET /api/activities/@:handle', ({ logs, errors }) => logs.length > 0 && errors > 0);
    expect(trace.status).toBe('fault');
    expect(trace.errors).toBe(1);
    expect(trace.logs.join('\n')).toContain('/api/activities/@juno');
  });

  test('every service is up, in order, and says how it is', async () => {
    const names = ['backend', 'db', 'hub', 'workspace', 'xray-daemon'];
    const states = await Promise.all(names.map(async (name) => `${name} ${await stateOf(name)}`));
    expect(states).toEqual([
      'backend healthy',
      'db healthy',
      'hub healthy',
      'workspace running',
      'xray-daemon running',
    ]);
  });

  test('nothing is published beyond loopback, and nothing of the hub at all', async () => {
    const format = '{{.Label "com.docker.compose.service"}} {{.Ports}}';
    const filter = `label=com.docker.compose.project=${container.project}`;
    const ports = await outputOf('docker', ['ps', '--filter', filter, '--format', format]);
    expect(ports).not.toMatch(/0\.0\.0\.0:|\[?::\]?:\d/);
    expect(ports).toMatch(/^hub *$/m);
    expect(ports).toMatch(/^xray-daemon .*127\.0\.0\.1:\d+->2000\/udp/m);
  });

  test('the workspace sees and restarts the other services', async () => {
    const before = await startOf('backend');
    await container.exec(['docker', 'restart', await idOf('backend')]);
    expect(await startOf('backend')).not.toBe(before);
    // A free port is another one after each start.
    published = undefined;
    await until('the backend is healthy again', async () => (await stateOf('backend')) === 'healthy');
    expect(await container.exec(['docker', 'ps', '--format', '{{.Names}}'])).toContain(container.project);
  });

  test.skipIf(!hasCompose2)(
    'the extension in the workspace tells of the services beside it, and restarts one',
    async () => {
      const before = await startOf('db');
      const { rows, refused, daemon } = await siblings('restart db');
      expect(refused).toBe('');
      expect(await startOf('db')).not.toBe(before);
      expect(rows.map((row) => row.replace(/ · :.*$/, '')).filter((row) => !row.startsWith('db'))).toEqual([
        'workspace | running',
        'hub | healthy',
        'xray-daemon | running',
        'backend | healthy',
      ]);
      expect(daemon?.kind).toBe('usable');
      expect((await siblings('rebuild db')).refused).toContain('rebuild it from outside');
      await until('the database is healthy again', async () => (await stateOf('db')) === 'healthy');
    },
  );

  test('without the engine’s socket it asks their ports, and says why they cannot be restarted from there', async () => {
    const { rows, tooltip } = await siblings('look', { DOCKER_HOST: 'unix:///nowhere/docker.sock' });
    expect(rows).toContain('backend | answers');
    expect(rows).toContain('xray-daemon | answers');
    expect(rows).toContain('workspace | not known');
    expect(tooltip).toContain('cannot be started or stopped from here');
    expect(tooltip).toContain("Mount the engine's socket into this container");
  });

  async function siblings(does: string, env?: Readonly<Record<string, string>>): Promise<Siblings> {
    return JSON.parse(await container.evaluate(siblingsScript('/workspaces/sightline', does), env)) as Siblings;
  }

  test("with the hub's key pair its X-Ray API can be read from the workspace", async () => {
    const urls = await container.evaluate(sdkScript(hub), {
      AWS_SHARED_CREDENTIALS_FILE: `${dataDir}/aws-credentials`,
    });
    expect(urls).toContain('/api/activities/home');
  });

  test("from another container, without the hub's credentials, nothing can be read", async () => {
    const network = `${container.project}_default`;
    const node = ['node', '--input-type=module', '--eval', strangerScript(hub)];
    const said = await outputOf('docker', ['run', '--rm', '--network', network, 'node:24-bookworm', ...node]);
    const answers = said.trim().split('\n');
    expect(answers).toHaveLength(9);
    expect(answers.filter((line) => !/ 40[013]$/.test(line))).toEqual([]);
    expect(said).toMatchInlineSnapshot(`
      "GET /sightline/v1/traces  401
      GET /sightline/v1/stats  401
      GET /sightline/v1/changes  401
      POST /TraceSummaries  403
      POST /Traces  403
      POST /ServiceGraph  403
      POST / FilterLogEvents 400
      POST / GetLogEvents 400
      GET /api/1/items/  401
      "
    `);
  });

  async function get(address: string, limitMillis?: number): Promise<Response> {
    // Asked once: a question to the engine takes what the containers need to start.
    published ??= await until(
      'the backend has a port',
      async () => (await outputOf('docker', ['port', await idOf('backend'), '4567/tcp'])).trim(),
      limitMillis,
    );
    return await until('the backend answers', () => fetch(`http://${published}${address}`), limitMillis);
  }

  async function traceOf(name: string, isComplete: (trace: SeenTrace) => boolean = () => true): Promise<SeenTrace> {
    const ask = ['exec', await idOf('hub'), 'node', '--input-type=module', '--eval'];
    const script = tracesScript('http://127.0.0.1:4319', dataDir);
    return await until(`the trace of ${name}`, async () => {
      const seen = JSON.parse(await outputOf('docker', [...ask, script])) as SeenTrace[];
      return seen.find((trace) => trace.name === name && trace.sources.length === 2 && isComplete(trace));
    });
  }

  async function idOf(service: string): Promise<string> {
    const labels = [`project=${container.project}`, `service=${service}`];
    const filters = labels.flatMap((label) => ['--filter', `label=com.docker.compose.${label}`]);
    return (await outputOf('docker', ['ps', '--all', '--quiet', ...filters])).trim();
  }

  async function stateOf(service: string): Promise<string> {
    const format = '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}';
    return (await outputOf('docker', ['inspect', '--format', format, await idOf(service)])).trim();
  }

  async function startOf(service: string): Promise<string> {
    return (await outputOf('docker', ['inspect', '--format', '{{.State.StartedAt}}', await idOf(service)])).trim();
  }
});
