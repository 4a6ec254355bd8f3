/** The log table as a person meets it, with a million lines. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { pictureFolder } from '../editorWindow.ts';
import { openLogTable } from '../logTablePage.ts';

const million = 1_000_000;

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  page = await openLogTable(browser, million);
});

afterAll(async () => {
  await browser?.close();
});

test('a million lines open at once, and only those in sight are in the document', async () => {
  await checkShown('line 999999 GET');
  const drawn = await page.evaluate('performance.now()');
  console.log(`  navigation -> a million lines on screen: ${Number(drawn).toFixed(0)} ms`);
  expect(await page.locator('[role=row]').count()).toBeLessThan(80);
  expect(await page.locator('[role=grid]').getAttribute('aria-rowcount')).toBe('1000001');
});

test('it scrolls through all of them without a long frame, and keeps only a few in memory', async () => {
  const { frames, work } = (await page.evaluate(scrollThrough)) as { frames: number[]; work: number[] };
  const heap = Number(await page.evaluate('performance.memory.usedJSHeapSize')) / 1024 / 1024;
  console.log(`  scrolling: ${summaryOf('a frame', frames)}; ${summaryOf('of it the table', work)}`);
  console.log(`  heap after it: ${heap.toFixed(0)} MB`);
  // The longest one is a figure, which another program on the machine can spoil: half of them are below it even then.
  expect(medianOf(work)).toBeLessThan(100);
  expect(heap).toBeLessThan(150);
});

test('the keyboard reaches the last line and the first', async () => {
  await page.locator('[role=grid]').focus();
  await page.keyboard.press('End');
  await checkShown('line 1 GET');
  expect(await page.locator('[role=row][aria-selected=true]').getAttribute('aria-rowindex')).toBe('1000001');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await checkShown('line 999999 GET');
  expect(await page.locator('[role=grid]').getAttribute('aria-activedescendant')).toBe('row-1');
});

test('a JSON line opens to its fields, and closes', async () => {
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await checkSeen(page.locator('pre', { hasText: '"status": 200' }));
  await page.keyboard.press('ArrowLeft');
  expect(await page.locator('pre').count()).toBe(0);
});

test('a wrong pattern shows its place and is not applied; a right one is', async () => {
  await page.getByLabel('Filter pattern').fill('{ $.status');
  await checkSeen(page.getByText('Column 1:'));
  const sentence = await page.locator('.wrong').boundingBox();
  const count = await page.locator('.status').boundingBox();
  expect((sentence?.y ?? 0) + (sentence?.height ?? Infinity)).toBeLessThanOrEqual(count?.y ?? 0);
  await page.getByLabel('Filter pattern').fill('{ $.status = 500 }');
  await checkSeen(page.getByText('42 lines'));
  await page.getByLabel('Filter pattern').fill('');
  await checkSeen(page.getByText('1,000,000 lines'));
});

test('a line far away is found and marked', async () => {
  await page.getByLabel('Find in these lines').fill('500001');
  await page.getByLabel('Find in these lines').press('Enter');
  await checkSeen(page.locator('mark', { hasText: '500001' }));
});

test('fields of JSON messages become columns', async () => {
  await page.getByText('Columns').click();
  await page.getByLabel('request.status').check();
  await checkSeen(page.getByRole('columnheader', { name: 'request.status' }));
  await page.getByText('Columns').click();
});

test('lines that wait are counted, and shown when somebody asks', async () => {
  await page.evaluate("tellTable('waiting', { lines: 34, isMore: false })");
  await page.getByRole('button', { name: 'Show 34 new' }).click();
  await checkSeen(page.getByText('Live', { exact: true }));
  await page.screenshot({ path: `${pictureFolder}/log-table.png` });
});

/** Passes once a row with this text is shown. */
async function checkShown(text: string): Promise<void> {
  await checkSeen(page.locator('[role=row]', { hasText: text }).first());
}

/** Passes once it is there to be seen; fails when it is not within a minute. */
async function checkSeen(what: Locator): Promise<void> {
  await what.waitFor();
}

function summaryOf(what: string, millis: readonly number[]): string {
  return `${what} ${medianOf(millis).toFixed(1)} ms, at most ${Math.max(...millis).toFixed(1)} ms`;
}

function medianOf(millis: readonly number[]): number {
  const sorted = millis.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

// By the wheel, then as somebody drags the scroll bar from end to end: the time from frame to frame, and that of drawing and layout.
const scrollThrough = `(async () => {
  const element = document.querySelector('sightline-log-table');
  const scroller = element.shadowRoot.querySelector('.scroller');
  const frames = [];
  const work = [];
  let last = await new Promise(requestAnimationFrame);
  for (let frame = 0; frame < 400; frame += 1) {
    const began = performance.now();
    if (frame < 150) {
      scroller.dispatchEvent(new WheelEvent('wheel', { deltaY: 240, bubbles: true, cancelable: true }));
    } else {
      scroller.scrollTop = ((frame - 150) / 250) * scroller.scrollHeight;
      scroller.dispatchEvent(new Event('scroll'));
    }
    await element.updateComplete;
    scroller.getBoundingClientRect();
    work.push(performance.now() - began);
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
  }
  return { frames, work };
})()`;
