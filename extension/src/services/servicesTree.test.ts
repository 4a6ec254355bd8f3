import { describe, expect, test } from 'vitest';
import type { FolderServiceSnapshot } from './folderServiceRow.ts';
import { renderServices, servicesTree, type ServicesSnapshot } from './servicesTree.ts';
import type { RunningHub } from './hubState.ts';
import type { PortSettings } from './ports.ts';
import type { ServiceRow } from './serviceRow.ts';
import type { OtherWindow } from './serviceState.ts';
import type { XRayDaemonChoice } from './xrayDaemonChoice.ts';
import { newXRayDaemonHealth } from './xrayDaemonHealth.ts';

const at = new Date(2026, 10, 23, 9, 5);
const endpoints = {
  xrayUdp: '127.0.0.1:2000',
  otlpHttp: 'http://127.0.0.1:4318',
  otlpGrpc: '127.0.0.1:4317',
  api: 'http://127.0.0.1:4319',
};
const hub: RunningHub = { pid: 7, version: '0.1.0', dataDir: '/data', endpoints, startedAt: at, origin: 'started' };
const stats = {
  traces: 1,
  spans: 12_345,
  logEvents: 0,
  errorItems: 0,
  problems: 0,
  dropped: {},
  bytes: 3_500_000,
  duplicates: 0,
  retired: 0,
  metricsRequests: 0,
  startedAt: '',
};
const unknown: FolderServiceSnapshot = {
  state: { kind: 'unknown' },
  description: undefined,
  isDeclined: false,
  problem: undefined,
  staleNames: [],
};
const everythingRuns: ServicesSnapshot = {
  hub: { kind: 'running', hub },
  ports: {},
  stats,
  cost: undefined,
  xrayDaemon: { state: { kind: 'off' } },
  database: {
    ...unknown,
    state: { kind: 'running', since: at, endpoints: { postgres: 'postgres://me:secret@127.0.0.1:5432/app' } },
    description: 'node database.js',
  },
  backend: {
    ...unknown,
    state: {
      kind: 'running',
      since: at,
      endpoints: { backend: 'http://127.0.0.1:4567', page: 'http://127.0.0.1:3000' },
      pid: 8,
    },
    description: 'npm: dev',
  },
  environment: {
    recipients: 'terminals, tasks and launches',
    variables: [
      {
        name: 'AWS_XRAY_DAEMON_ADDRESS',
        value: '127.0.0.1:2000',
        recipient: 'everyone',
        origin: 'hub',
        isSecret: false,
      },
      { name: 'HONEYCOMB_API_KEY', value: 'sightline-local', recipient: 'everyone', origin: 'hub', isSecret: true },
    ],
  },
};
const nothingRuns: ServicesSnapshot = {
  ...everythingRuns,
  hub: { kind: 'off' },
  stats: undefined,
  cost: undefined,
  database: unknown,
  backend: unknown,
  environment: { recipients: '', variables: [] },
};

function textOf(changes: Partial<ServicesSnapshot>, from = everythingRuns): string {
  return renderServices(servicesTree({ ...from, ...changes }));
}

test('everything that runs says where and since when; no secret is shown', () => {
  expect(textOf({})).toMatchInlineSnapshot(`
    "Hub  running · 127.0.0.1:4319 · since 09:05
    X-Ray daemon  127.0.0.1:2000 · embedded
    OTLP over HTTP  127.0.0.1:4318 · http/protobuf, http/json
    OTLP over gRPC  127.0.0.1:4317 · grpc
    Database  running · 127.0.0.1:5432 · since 09:05
    Backend  running · 127.0.0.1:4567 · since 09:05
    Stored  1 trace · 12,345 spans · 3.3 MB
    Environment  terminals, tasks and launches · 2 variables
      AWS_XRAY_DAEMON_ADDRESS  127.0.0.1:2000
      HONEYCOMB_API_KEY  ••••••••
    "
  `);
});

test('before anything has started there are no rows, so that the welcome view shows', () => {
  expect(textOf({}, nothingRuns)).toBe('');
  expect(textOf({ hub: { kind: 'starting' } }, nothingRuns)).toBe('');
});

test('after a stop the rows stay, to start them one by one', () => {
  expect(textOf({ hub: { kind: 'stopped' }, backend: { ...unknown, state: { kind: 'stopped' } } }, nothingRuns))
    .toMatchInlineSnapshot(`
    "Hub  stopped
    Database  not chosen
    Backend  stopped
    Environment  nothing is set while the hub does not run
    "
  `);
});

test('a hub that failed says why', () => {
  expect(textOf({ hub: { kind: 'failed', message: 'Port 4319 is taken.' } })).toContain('Hub  Port 4319 is taken.\n');
});

test('a receiver that had to take another port says why, unless a setting named that port', () => {
  const moved: RunningHub = { ...hub, endpoints: { ...endpoints, xrayUdp: '127.0.0.1:12000' } };
  expect(textOf({ hub: { kind: 'running', hub: moved } })).toContain(
    'X-Ray daemon  127.0.0.1:12000 · 2000 is held by another program\n',
  );
  expect(textOf({ hub: { kind: 'running', hub: moved }, ports: { xray: 12000 } })).toContain(
    'X-Ray daemon  127.0.0.1:12000 · embedded\n',
  );
});

test('a backend with an older environment asks for a restart', () => {
  const backend = { ...everythingRuns.backend, staleNames: ['OTEL_EXPORTER_OTLP_ENDPOINT'] };
  expect(textOf({ backend })).toContain('Backend  environment changed: restart · 127.0.0.1:4567 · since 09:05\n');
  expect(servicesTree({ ...everythingRuns, backend }).find(({ id }) => id === 'backend')?.tooltip).toContain(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
  );
});

test('a backend says how it ended, what is wrong with its setting, and that somebody else runs it', () => {
  const exited = { kind: 'exited', message: 'ended with exit code 1', isFailure: true } as const;
  expect(textOf({ backend: { ...unknown, state: exited } })).toContain('Backend  ended with exit code 1\n');
  expect(textOf({ backend: { ...unknown, problem: 'The setting is wrong.' } })).toContain(
    'Backend  The setting is wrong.\n',
  );
  const elsewhere = { kind: 'elsewhere', endpoints: { backend: 'http://127.0.0.1:4567' } } as const;
  expect(textOf({ backend: { ...unknown, state: elsewhere } })).toContain(
    'Backend  started elsewhere · 127.0.0.1:4567\n',
  );
});

/** The backend's row where another window runs it. */
function inOtherWindow(window: OtherWindow): ServiceRow | undefined {
  const state = { kind: 'elsewhere', endpoints: { backend: 'http://127.0.0.1:4567' }, pid: 8, window } as const;
  const backend = { ...unknown, state, description: 'npm: dev' };
  return servicesTree({ ...everythingRuns, backend }).find(({ id }) => id === 'backend');
}

test('what another window runs can be opened, stopped and restarted here', () => {
  expect(inOtherWindow({ since: at })).toMatchObject({
    description: 'running in another window · 127.0.0.1:4567 · since 09:05',
    tooltip:
      'Runs `npm: dev`; process 8; started by another window on this folder, which has its output and ends it when it closes; to stop or restart it here ends it there',
    context: 'service canStop canRestart canOpen',
  });
  expect(inOtherWindow({})?.description).toBe('starting in another window · 127.0.0.1:4567');
});

test('a receive buffer that the system made smaller is said at the receiver', () => {
  const small = { ...stats, udpBuffer: { asked: 8_388_608, granted: 212_992 } };
  const tooltip = servicesTree({ ...everythingRuns, stats: small }).find(({ id }) => id === 'xray')?.tooltip;
  expect(tooltip).toContain('a buffer of 208 KB instead of 8.0 MB');
});

test('the hover of the problems names the newest, not as Markdown', () => {
  const newestProblem = { id: 1, time: '0', receiver: 'otlpHttp', place: 'body', message: 'no <b>* JSON' };
  const rows = servicesTree({ ...everythingRuns, stats: { ...stats, problems: 1 }, newestProblem });
  expect(rows.find(({ id }) => id === 'problems')?.tooltip).toBe(
    String.raw`The newest, of otlpHttp, body: no \<b\>\* JSON`,
  );
});

test('problems and losses are counted where a person sees them', () => {
  const text = textOf({ stats: { ...stats, problems: 3, dropped: { udpKernel: 1_200, queueFull: 0 } } });
  expect(text).toContain('Problems  3 received and not understood\n');
  expect(text).toContain('Dropped  1,200 lost before they were stored\n');
});

test('a row offers what its state allows', () => {
  const contexts = servicesTree(everythingRuns).map(({ id, context }) => `${id}: ${context}`);
  expect(contexts.join('\n')).toMatchInlineSnapshot(`
    "hub: service canStop canRestart
    xray: receiver
    otlpHttp: receiver
    otlpGrpc: receiver
    database: service canStop canRestart canRechoose
    backend: service canStop canRestart canRechoose canOpen
    stored: stored
    environment: environment"
  `);
});

/** The row of the hub's own receiver, where the search for a daemon ended so. */
function rowOf(given: XRayDaemonChoice): ServiceRow | undefined {
  const snapshot: ServicesSnapshot = { ...everythingRuns, xrayDaemon: { state: { kind: 'off' }, choice: given } };
  return servicesTree(snapshot).find(({ id }) => id === 'xray');
}

describe('an X-Ray daemon in front of the hub', () => {
  const choice: XRayDaemonChoice = {
    kind: 'program',
    path: '/usr/bin/xray',
    version: '3.6.6',
    reason: 'found on PATH',
  };
  const health = { ...newXRayDaemonHealth, sent: 3, lastBatch: { kind: 'sent', segments: 3, unprocessed: 0 } } as const;
  const address = '127.0.0.1:2000';
  const runs = { kind: 'running', address, since: at, pid: 9, health } as const;
  const withoutReceiver = { ...endpoints, xrayUdp: undefined } as unknown as RunningHub['endpoints'];

  /** Compares the daemon's row as `icon description [context]`; the hub takes no segments itself. */
  function checkDaemon(xrayDaemon: ServicesSnapshot['xrayDaemon'], expected: string, ports: PortSettings = {}): string {
    const running = { ...hub, endpoints: withoutReceiver };
    const rows = servicesTree({ ...everythingRuns, ports, hub: { kind: 'running', hub: running }, xrayDaemon });
    const daemons = rows.filter(({ label }) => label === 'X-Ray daemon');
    expect(daemons.map(({ icon, description, context }) => `${icon} ${description} [${context}]`)).toEqual([expected]);
    return daemons[0]?.tooltip ?? '';
  }

  test('shows its state, why it was chosen, and its buttons', () => {
    const tooltip = checkDaemon(
      { state: runs, choice },
      'pass-filled 127.0.0.1:2000 · batch sent 3 segments [service canStop canRestart]',
    );
    expect(tooltip).toBe(
      'The AWS X-Ray daemon 3.6.6, `/usr/bin/xray`, found on PATH. It hands segments and sampling calls to the hub.\n\n' +
        'Since 09:05, process 9\n\nSegments sent: 3',
    );
  });

  test('says what is wrong with it', () => {
    const lost = { ...health, lostBatches: 1, lastBatch: { kind: 'lost', cause: 'credentials', detail: 'x' } } as const;
    checkDaemon(
      { state: { ...runs, health: lost }, choice },
      'error 127.0.0.1:2000 · batch lost: its credentials were refused [service canStop canRestart]',
    );
    const message = 'ended with exit code 1: another program holds port 2000';
    checkDaemon({ state: { kind: 'exited', message }, choice }, `error ${message} [service canStart]`);
  });

  test('says when another program holds its usual port', () => {
    const state = { ...runs, address: '127.0.0.1:12000' };
    const text = '127.0.0.1:12000 · batch sent 3 segments [service canStop canRestart]';
    checkDaemon({ state, choice }, `warning ${text}`);
    checkDaemon({ state, choice }, `pass-filled ${text}`, { xray: 12_000 });
  });

  test('may be stopped, missing, or the business of another window', () => {
    checkDaemon({ state: { kind: 'stopped' }, choice }, 'circle-large-outline stopped [service canStart]');
    checkDaemon({ state: { kind: 'elsewhere', address } }, `pass-filled ${address} · started by another window []`);
    checkDaemon({ state: { kind: 'elsewhere' } }, 'circle-large-outline stopped in another window [service canStart]');
    checkDaemon(
      { state: { kind: 'missing', message: 'there is no `xray` on PATH.' } },
      'error none found · restart the hub to have it take segments itself []',
    );
  });

  test('a hub that takes segments itself says why', () => {
    const problem = '"/x", named by the setting "sightline.xray.daemonPath", is not there, or may not be run.';
    const reason = 'there is no `xray` on PATH';
    const shown = [rowOf({ kind: 'embedded', reason }), rowOf({ kind: 'embedded', reason, problem }), rowOf(choice)];
    expect(shown.map((row) => `${row?.icon} ${row?.tooltip}`)).toEqual([
      `pass-filled The hub takes segments itself: ${reason}.`,
      `warning The hub takes segments itself: ${reason}. ${problem}`,
      'pass-filled The hub takes segments itself. Restart it to put the AWS X-Ray daemon in front of it: `/usr/bin/xray`, found on PATH.',
    ]);
  });
});

test('log lines of traces that never came name the variables, and what this hub listens on', () => {
  const strayLines = { group: 'cruddur', stream: 'backend/2026-11-23', traces: 5 };
  const row = servicesTree({ ...everythingRuns, strayLines }).find(({ id }) => id === 'strayLines');
  expect(row?.description).toBe(
    'backend/2026-11-23 writes log lines of traces that never arrived: is AWS_XRAY_DAEMON_ADDRESS or OTEL_EXPORTER_OTLP_ENDPOINT wrong?',
  );
  expect(row?.tooltip).toContain('This hub listens on `AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:2000`.');
  expect([row?.service, row?.context]).toEqual(['backend', 'service canRestart']);
  const elsewhere = { ...unknown, state: { kind: 'elsewhere', endpoints: {} } } as const;
  const unowned = servicesTree({ ...everythingRuns, strayLines, backend: elsewhere }).find(
    ({ id }) => id === 'strayLines',
  );
  expect([unowned?.service, unowned?.context]).toEqual([undefined, 'environment']);
});

test('a backend that was started with other addresses says which', () => {
  const otherAddresses = [{ name: 'AWS_XRAY_DAEMON_ADDRESS', value: '127.0.0.1:2001' }];
  expect(textOf({ backend: { ...everythingRuns.backend, otherAddresses } })).toContain(
    'Backend  sends its X-Ray segments elsewhere: AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:2001 · 127.0.0.1:4567 · since 09:05\n',
  );
  const both = [...otherAddresses, { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: '127.0.0.1:4999' }];
  expect(textOf({ backend: { ...everythingRuns.backend, otherAddresses: both } })).toContain(
    'Backend  sends its traces elsewhere: AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:2001, OTEL_EXPORTER_OTLP_ENDPOINT=127.0.0.1:4999 · ',
  );
});

test('a backend that somebody started by hand with one wrong address says which, and how to mend it', () => {
  const state = { kind: 'elsewhere', endpoints: { backend: 'http://127.0.0.1:4567' }, pid: 9 } as const;
  const otherAddresses = [{ name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: '127.0.0.1:4999' }];
  const rows = servicesTree({ ...everythingRuns, backend: { ...unknown, state, otherAddresses } });
  expect(rows.find(({ id }) => id === 'backend')).toMatchObject({
    description:
      'started elsewhere · sends its OpenTelemetry spans elsewhere: OTEL_EXPORTER_OTLP_ENDPOINT=127.0.0.1:4999 · 127.0.0.1:4567',
    tooltip:
      'Its port answers, but this window did not start it, so it can neither be stopped here nor given the environment.\n\nIt is process 9.\n\nIt was started with OTEL_EXPORTER_OTLP_ENDPOINT=127.0.0.1:4999, which is not this hub: its OpenTelemetry spans do not come here. See the row Environment for the right values. A new terminal has the right ones, unless something in it sets them otherwise.',
  });
});
