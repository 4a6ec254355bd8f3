/** The slim dev container, with everything in one: the hub is its own X-Ray daemon, the sample has an embedded Postgres. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../until.ts';
import { makeCheckout } from './checkout.ts';
import { DevContainer } from './devContainer.ts';
import { whyNoContainers } from './engine.ts';
import { tracesScript, type SeenTrace } from './hubQueries.ts';
import { makeMissingImages } from './images.ts';
import { outputOf } from './run.ts';

const hub = 'http://127.0.0.1:4319';
const whyNot = await whyNoContainers();

describe.skipIf(whyNot !== undefined)('the slim dev container', () => {
  let checkout: Awaited<ReturnType<typeof makeCheckout>> | undefined;
  let container: DevContainer;
  let address = '';

  beforeAll(async () => {
    await makeMissingImages((line) => console.log(line));
    checkout = await makeCheckout();
    container = new DevContainer(checkout.folder, '.devcontainer/slim/devcontainer.json');
    const { containerId } = await container.up();
    const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}';
    address = (await outputOf('docker', ['inspect', '--format', format, containerId])).trim();
    // What the extension sets for the backend that it starts.
    await container.exec(['sh', '-c', 'setsid node sample-backend/src/main.ts >/tmp/backend.log 2>&1 </dev/null &'], {
      HOST: '0.0.0.0',
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: hub,
      ROLLBAR_ACCESS_TOKEN: 'sightline-local',
      ROLLBAR_ENDPOINT: `${hub}/api/1/item/`,
    });
  });

  afterAll(async () => {
    await container?.remove();
    checkout?.remove();
  });

  test('a request from outside the container is a trace with its log line and its error', async () => {
    const path = '/api/activities/@juno?fail=1';
    const reply = await until('the backend answers', () => fetch(`http://${address}:4567${path}`));
    expect(reply.status).toBe(500);
    const script = tracesScript(hub, '/home/node/.local/state/sightline');
    const trace = await until('the trace with its log line and its error', async () => {
      const seen = JSON.parse(await container.evaluate(script)) as SeenTrace[];
      return seen.find(({ sources, logs, errors }) => sources.length === 2 && logs.length > 0 && errors > 0);
    });
    expect(`${trace.name} ${trace.status} ${trace.sources.join('+')}`).toBe(
      'GET /api/activities/@:handle fault xray+otlp',
    );
  });

  test('from outside the container the hub cannot be reached', async () => {
    await expect(fetch(`http://${address}:4319/health`)).rejects.toThrow('fetch failed');
  });
});
