import { expect, test } from 'vitest';
import { UserError } from '../userError.ts';
import { ComposeCli, type ComposeWorld } from './composeCli.ts';
import type { TakenPort } from './takenPort.ts';

/** A tool that ends like this, on a machine of which Sightline knows this. */
function world(output: string, taken: TakenPort | undefined): ComposeWorld {
  return {
    run: ({ args }) =>
      Promise.resolve(
        args.includes('up')
          ? { code: 1, stdout: '', output }
          : { code: 0, stdout: 'Docker Compose version v2.40.0', output: '' },
      ),
    follow: () => ({ dispose: () => undefined }),
    readFile: () => undefined,
    writeOverride: () => '',
    instrument: () => Promise.resolve({ environment: {} }),
    answers: () => Promise.resolve(false),
    takenPort: (port) => (port === 2000 ? taken : undefined),
    isInContainer: false,
    ownProject: () => Promise.resolve(undefined),
    sleep: () => Promise.resolve(),
    now: () => 0,
  };
}

async function check(output: string, expected: string, taken?: TakenPort): Promise<void> {
  const cli = new ComposeCli(world(output, taken), () => undefined);
  cli.configure({ folder: '/shop', files: ['/shop/compose.yaml'], label: 'compose.yaml' }, undefined);
  const failure: unknown = await cli.run({ verb: 'up', services: [] }).catch((error: unknown) => error);
  const { message, actions } = failure as UserError;
  const buttons = actions.map(({ label, arguments: parameters = [] }) => [label, ...parameters].join(' '));
  expect(failure).toBeInstanceOf(UserError);
  expect(`${message} [${buttons.join(', ')}]`).toBe(expected);
}

const inUse = 'failed to bind host port for 0.0.0.0:2000:172.18.0.2:2000/udp: address already in use';

test('a port that Sightline itself holds is told with the setting that ends it', async () => {
  const taken = { sentence: 'The hub and xray-daemon want port 2000.', setting: 'sightline.xray.daemon' };
  const expected = `The hub and xray-daemon want port 2000. [Open Setting sightline.xray.daemon, Show Output]`;
  await check(inUse, expected, taken);
});

test('a port that somebody else holds is named', async () => {
  await check(
    inUse,
    'Port 2000 is taken by another program or container. End that one (`docker ps` lists containers), or publish another port in the compose file. [Show Output]',
  );
});
