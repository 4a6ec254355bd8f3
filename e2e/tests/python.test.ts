/** An app in another language, unmodified, started from a terminal of VS Code. Skipped where pip cannot install its packages. */
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { projectRoot } from '../paths.ts';
import { freePort } from '../ports.ts';
import { virtualEnvironment } from '../python/virtualEnvironment.ts';
import { extensionFolder, SampleEditor, withoutSample } from '../sampleEditor.ts';
import { until } from '../until.ts';

const environment = virtualEnvironment();
if (environment.kind === 'missing') console.log(`  Skipped, ${environment.reason}`);

describe.skipIf(environment.kind === 'missing')('a Flask app with the X-Ray and OpenTelemetry SDKs', () => {
  const python = environment.kind === 'ready' ? environment.python : '';
  let editor: SampleEditor;

  beforeAll(async () => {
    editor = await SampleEditor.start({ settings: withoutSample });
  });

  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await editor.pictures('failed-python');
  });

  afterAll(async () => {
    await editor?.stop();
  });

  test('shows up in the view, started from a terminal', async () => {
    const folder = path.join(projectRoot, 'e2e/python');
    const window = await editor.openWindow({ folder, extensionFolder });
    await window.showSightline();
    await window.runCommand('Sightline: Start All');
    await window.row('Services', /^Hub\s*running/).waitFor();

    const port = await freePort();
    await window.typeInNewTerminal(`"${python}" app.py ${port}`);
    const address = `http://127.0.0.1:${port}/orders/42`;
    await until('the app answers', async () => (await fetch(address)).ok);
    // The two SDKs know nothing of each other, so each has a trace: OpenTelemetry's knows the route, X-Ray's the address.
    await window.row('Traces', /^GET \/orders\/<sku>/).waitFor();
    await window.row('Traces', /^GET \/orders\/42/).waitFor();
    expect(await window.rows('Traces').filter({ hasText: '/orders/' }).count()).toBe(2);
    await window.picture('flask');
  });
});
