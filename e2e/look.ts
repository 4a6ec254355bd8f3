/**
 * A tool for those who work on the views: `node e2e/look.ts` opens the sample in a real VS Code, makes some requests and writes
 * pictures of the window, dark and light, to e2e/out. With `--stay` the editor stays open until Ctrl-C, at the printed address.
 */
import { once } from 'node:events';
import { SampleEditor, extensionFolder, sampleFolder } from './sampleEditor.ts';
import { until } from './until.ts';

const stay = process.argv.includes('--stay');
const themes = { dark: 'Default Dark Modern', light: 'Default Light Modern' };

for (const [name, theme] of Object.entries(themes)) {
  const editor = await SampleEditor.start({ settings: { 'workbench.colorTheme': theme } });
  try {
    const window = await editor.openWindow();
    window.page.on('console', (message) => {
      if (message.type() === 'error') console.log(`  page: ${message.text().slice(0, 200)}`);
    });
    await window.showSightline();
    await until('the backend answers', async () => (await fetch(editor.url('backend', '/api/health-check'))).ok)
      .then(() => makeRequests(editor))
      .catch((error: unknown) => console.log(String(error)));
    await window.page.waitForTimeout(1_500);
    await window
      .row('Traces', /GET|POST/)
      .click({ timeout: 3_000 })
      .catch((error: unknown) => console.log(String(error)));
    await window.widenSidebar(480);
    await window.page.waitForTimeout(1_000);
    console.log(await window.picture(`look-${name}`));
    if (stay) {
      console.log(editor.server.url({ folder: sampleFolder, extensionFolder }));
      await once(process, 'SIGINT');
      break;
    }
  } finally {
    await editor.stop();
  }
}

async function makeRequests(editor: SampleEditor): Promise<void> {
  for (const address of [
    '/api/activities/home',
    '/api/activities/@nobody',
    '/api/message_groups',
    '/api/activities/home',
  ]) {
    await fetch(editor.url('backend', address));
  }
}
