/** One editor window in the browser, and what a person does in it: open a view, read rows, run a command, take a picture. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { projectRoot } from './paths.ts';
import { until } from './until.ts';

/** Where pictures go; ignored by git. */
export const pictureFolder = path.join(projectRoot, 'e2e/out');

const waitMillis = 60_000;

/** In the middle of a view's header its buttons may be. */
const titleStart = { position: { x: 10, y: 10 } };

export class EditorWindow {
  readonly page: Page;
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
  }

  /** Opens the address in a browser profile of its own and waits for the workbench. */
  static async open(browser: Browser, url: string): Promise<EditorWindow> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    page.setDefaultTimeout(waitMillis);
    await page.goto(url);
    const window = new EditorWindow(context, page);
    await window.ready();
    return window;
  }

  async close(): Promise<void> {
    await this.#context.close();
  }

  /** As "Developer: Reload Window": the extension host ends and a new one starts. */
  /** Passes once the editor has put this text where a reloaded window reads its state, which it does every few seconds. */
  async untilKept(text: string): Promise<void> {
    await until(`the window has kept ${text}`, async () => String(await this.page.evaluate(keptState)).includes(text));
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .activitybar a.action-label').first().waitFor();
  }

  /** Shows the Sightline sidebar. By the palette, since a click on its icon hides one that has just shown itself. */
  async showSightline(): Promise<void> {
    await this.page.locator('.activitybar a.action-label[aria-label^="Sightline"]').first().waitFor();
    await this.runCommand('View: Show Sightline');
    await this.page.locator('.sidebar .pane-header[aria-label^="Traces"]').first().waitFor();
  }

  /** The rows of a view in the sidebar, as a screen reader hears them. */
  rows(view: string): Locator {
    return this.page.locator(`.sidebar .pane:has(.pane-header[aria-label^="${view}"]) .monaco-list-row`);
  }

  /** The first row of a view that says this. */
  row(view: string, label: string | RegExp): Locator {
    return this.rows(view).filter({ hasText: label }).first();
  }

  /** Opens a view of the sidebar, where it is closed at first. */
  async openView(view: string): Promise<void> {
    const header = this.page.locator(`.sidebar .pane-header[aria-label^="${view}"]`);
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click(titleStart);
  }

  /** Closes a view of the sidebar, so that the others have its room. */
  async closeView(view: string): Promise<void> {
    const header = this.page.locator(`.sidebar .pane-header[aria-label^="${view}"]`);
    if ((await header.getAttribute('aria-expanded')) === 'true') await header.click(titleStart);
  }

  /** Opens a collapsed row by its arrow, which selects nothing. */
  async expand(view: string, label: string | RegExp): Promise<void> {
    const row = this.row(view, label);
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'true') return;
    await row.locator('.monaco-tl-twistie').click();
  }

  /** Closes an expanded row, so that others have its room: rows out of sight are not in the page. */
  async collapse(view: string, label: string | RegExp): Promise<void> {
    const row = this.row(view, label);
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'true') await row.locator('.monaco-tl-twistie').click();
  }

  /** Selects a row by a click, for a command that takes the row that is selected. */
  async select(view: string, label: string | RegExp): Promise<void> {
    // Out of the way: the hover of a row that the pointer rests on covers its neighbours.
    await this.page.mouse.move(0, 0);
    await this.row(view, label).click();
    // A list that is drawn anew under the pointer selects late.
    await this.rows(view).and(this.page.locator('.selected')).filter({ hasText: label }).first().waitFor();
  }

  /** Presses a button of a row, which the editor shows under the pointer. */
  async pressInRow(view: string, label: string | RegExp, button: string): Promise<void> {
    const row = this.row(view, label);
    await until(`"${button}" of ${String(label)} can be pressed`, async () => {
      // Not from where it is: a row that was drawn anew under a pointer that rests is not hovered.
      await this.page.mouse.move(0, 0);
      await row.hover({ timeout: 2_000 });
      await row.locator(`.action-label[aria-label^="${button}"]`).first().click({ timeout: 2_000 });
      return true;
    });
  }

  /** Runs a command as a person does, from the palette, by its whole title. */
  async runCommand(title: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input');
    const name = new RegExp(`^${title.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`);
    const entry = this.page
      .locator('.quick-input-widget .monaco-list-row')
      .filter({ has: this.page.locator('.label-name', { hasText: name }) })
      .first();
    await until(`the palette runs "${title}"`, async () => {
      await this.page.keyboard.press('F1');
      // A window that is still starting takes the focus, and the palette goes: then it is opened again.
      await input.waitFor({ timeout: 2_000 });
      await input.fill(`>${title}`, { timeout: 2_000 });
      // The palette lists what was enabled when it was opened, so what is not there yet may be there the next time.
      const isListed = await entry.waitFor({ timeout: 2_000 }).then(
        () => true,
        () => false,
      );
      // Last of all, whether Enter would still go to the palette.
      const isChosen = isListed && (await this.#moveTo(entry)) && (await hasFocus(input));
      await this.page.keyboard.press(isChosen ? 'Enter' : 'Escape');
      return isChosen;
    });
  }

  /** Until what was typed has narrowed the list, Enter would run what is first in it: the command that was used last. */
  async #moveTo(entry: Locator): Promise<boolean> {
    const chosen = entry.and(this.page.locator('.focused'));
    for (let moves = 0; moves < 10; moves += 1) {
      const isChosen = await chosen.waitFor({ timeout: 300 }).then(
        () => true,
        () => false,
      );
      if (isChosen) return true;
      await this.page.keyboard.press('ArrowDown');
    }
    return false;
  }

  /** Opens a terminal and types a line into it, with Enter. */
  async typeInNewTerminal(line: string): Promise<void> {
    await this.runCommand('Terminal: Create New Terminal');
    const terminal = this.page.locator('.terminal-wrapper.active .xterm-helper-textarea').first();
    await terminal.waitFor({ state: 'attached' });
    // Until the shell has drawn its prompt, what is typed is lost.
    await this.page.locator('.terminal-wrapper.active .xterm-rows', { hasText: /\S/ }).first().waitFor();
    await terminal.focus();
    await this.page.keyboard.type(line);
    await this.page.keyboard.press('Enter');
  }

  /** Drags the sidebar's edge, so that a picture shows whole rows. */
  async widenSidebar(width: number): Promise<void> {
    const sidebar = await this.page.locator('.part.sidebar').boundingBox();
    if (sidebar === null) throw new Error('The sidebar is not shown.');
    const edges = await this.page.locator('.monaco-sash.vertical').all();
    const boxes = await Promise.all(edges.map((edge) => edge.boundingBox()));
    const right = sidebar.x + sidebar.width;
    const edge = boxes
      .filter((box) => box !== null)
      .toSorted((one, other) => Math.abs(one.x - right) - Math.abs(other.x - right))[0];
    if (edge === undefined) throw new Error('The sidebar has no edge to drag.');
    const y = sidebar.y + sidebar.height / 2;
    await this.page.mouse.move(edge.x + edge.width / 2, y);
    await this.page.mouse.down();
    await this.page.mouse.move(sidebar.x + width, y, { steps: 5 });
    await this.page.mouse.up();
    // Away from the edge, which lights up under the pointer.
    await this.page.mouse.move(sidebar.x + width + 200, y);
  }

  /** Writes e2e/out/<name>.png and returns its path. */
  async picture(name: string): Promise<string> {
    mkdirSync(pictureFolder, { recursive: true });
    const file = path.join(pictureFolder, `${name}.png`);
    // Colours fade when the theme changes. As text, since these sources know no DOM.
    await this.page.evaluate(
      'Promise.all(document.getAnimations().filter((each) => each instanceof CSSTransition).map((each) => each.finished))',
    );
    await this.page.screenshot({ path: file });
    return file;
  }
}

// All that a window of the editor in a browser keeps, as one text: its databases, each with tables of texts.
const keptState = `(async () => {
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const texts = [];
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('vscode-web-state-db')) continue;
    const database = await done(indexedDB.open(name));
    for (const table of database.objectStoreNames) {
      texts.push(...await done(database.transaction(table).objectStore(table).getAll()));
    }
    database.close();
  }
  return texts.join('\\n');
})()`;

async function hasFocus(field: Locator): Promise<boolean> {
  return await field.evaluate((element) => element === element.ownerDocument.activeElement);
}
