// Lab comforts, in Chromium with the real module: embedding, comparing, undo, pictures, full screen.
const { readFile } = require('node:fs/promises');
const { createServer } = require('node:http');
const { join } = require('node:path');
const { test, expect } = require('@playwright/test');
const { AxeBuilder } = require('@axe-core/playwright');

const CHAPTER = '01-overview/';

/** A lab's card, in view and ready, and its parts. */
async function openQueue(page, address = CHAPTER) {
  await page.goto(address);
  const card = page.locator('lab-card[name="batching-queue"]');
  await card.scrollIntoViewIfNeeded();
  await expect(card.getByRole('button', { name: 'Step', exact: true })).toBeEnabled();
  return partsOf(card);
}

function partsOf(card) {
  const button = (name) => card.getByRole('button', { name, exact: true });
  return {
    card,
    button,
    said: card.locator('.said'),
    steps: card.locator('.steps'),
    slider: (param) => card.locator(`param-control[data-param="${param}"] input[type=range]`),
    typed: (param) => card.locator(`param-control[data-param="${param}"] input[type=text]`),
    async type(param, value) {
      await this.typed(param).fill(value);
      await this.typed(param).press('Enter');
    },
    async step(n) {
      await button('Step').click();
      await expect(this.steps).toHaveText(`step ${n}`);
    },
    /** On a phone some buttons are behind another one. */
    async press(name) {
      if (await button('More').isVisible()) await button('More').click();
      await button(name).click();
    },
  };
}

/** A page of somebody else, on another origin, with one iframe. */
async function embedder(page, code) {
  const html = await readFile(join(__dirname, 'fixtures/embedder.html'), 'utf8');
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(html.replace('<div id="here"></div>', code));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(null)));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  return () => new Promise((closed) => {
    server.close(closed);
    server.closeAllConnections();
  });
}

test('a third party’s page embeds a lab by the copied code, and follows its height', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const lab = await openQueue(page);
  await lab.type('max_batch', '16');
  await lab.press('Embed');
  await expect(lab.said).toContainText('Copied: an iframe');
  const close = await embedder(page, await page.evaluate(() => navigator.clipboard.readText()));
  const inner = page.frameLocator('iframe');
  const card = inner.locator('lab-card[name="batching-queue"]');
  await expect(card.locator('param-control[data-param="max_batch"] input[type=text]')).toHaveValue('16');
  await expect(inner.locator('header.top')).toBeHidden();
  const fits = () => page.evaluate(() => {
    const last = heard.at(-1);
    const { height } = document.querySelector('iframe').getBoundingClientRect();
    return last?.lab === 'batching-queue' && Object.keys(last).join() === 'type,lab,height' && last.height === height;
  });
  await expect.poll(fits).toBe(true);
  const tall = () => page.evaluate(() => heard.at(-1).height);
  const whole = async () => Math.ceil((await card.boundingBox()).height) === (await tall());
  await expect.poll(whole).toBe(true);
  const before = await tall();
  await page.setViewportSize({ width: 420, height: 800 });
  await expect.poll(tall).toBeGreaterThan(before);
  await expect.poll(fits).toBe(true);
  await close();
});

test('an embed with hostile settings: refused in sentences, nothing is run, the lab works', async ({ page }) => {
  const hostile = Array.from({ length: 40 }, (_, i) => `x${i}=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E`).join('&');
  const lab = await openQueue(page, `?lab=batching-queue&embed&max_batch=1e9&seed=NaN&${hostile}`);
  const notes = lab.card.locator('.notes p');
  await expect(notes).toHaveCount(9);
  await expect(notes.first()).toContainText('cannot be “1e9”');
  await expect(notes.last()).toHaveText('And 34 more that cannot be used.');
  await expect(lab.card.locator('.notes img')).toHaveCount(0);
  await expect(lab.typed('max_batch')).toHaveValue('1');
  await lab.step(1);
});

const picture = (view) => view.evaluate((element) => element.shadowRoot.querySelector('canvas').toDataURL());

test('a pinned run stays, dotted, beside the next one: plots, figures, table, CSV @phone', async ({ page }) => {
  const lab = await openQueue(page);
  const view = lab.card.locator('lab-view[data-view="response_histogram"]');
  await view.scrollIntoViewIfNeeded();
  for (let i = 1; i <= 3; i++) await lab.step(i);
  const p99 = lab.card.locator('[data-readout="p99"]');
  const then = /[\d.,]+/.exec(await p99.textContent())[0];
  await lab.press('Pin');
  const strip = lab.card.locator('.notes.pinned');
  await expect(strip).toContainText('Step 3 of a run with the same settings as now');
  await expect(lab.button('Unpin')).toBeFocused();
  await lab.type('max_batch', '8');
  await lab.type('arrivals_per_second', '60');
  await lab.button('Reset').last().click();
  for (let i = 1; i <= 3; i++) await lab.step(i);
  await expect(strip).toContainText('of a run with Arrivals 80 /s, Largest batch 1: faint and dotted in the plots');
  await expect(p99.locator('.pinned')).toContainText(then);
  await lab.button('Data').click();
  const dialog = lab.card.locator('data-dialog');
  await expect(dialog.getByRole('columnheader', { name: 'pinned' })).toBeVisible();
  await dialog.getByLabel('What').selectOption({ label: 'Response times' });
  const waiting = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Download CSV' }).click();
  const lines = (await readFile(await (await waiting).path(), 'utf8')).trimEnd().split('\r\n');
  expect(lines[0]).toBe('run,series,x,y');
  expect(new Set(lines.slice(1).map((line) => line.split(',')[0]))).toEqual(new Set(['present', 'pinned']));
  await page.keyboard.press('Escape');
  const both = await picture(view);
  await lab.button('Unpin').click();
  await expect(strip).toHaveCount(0);
  await expect(p99.locator('.pinned')).toHaveCount(0);
  await expect.poll(() => picture(view)).not.toBe(both);
});

test('undo and redo of settings: a drag is one step, keys and buttons, but not while one types', async ({ page }) => {
  const lab = await openQueue(page);
  const undo = lab.button('Undo');
  await expect(undo).toBeDisabled();
  const slider = lab.slider('arrivals_per_second');
  await slider.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await slider.boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + 0.9 * width, y + height / 2, { steps: 8 });
  await page.mouse.up();
  await expect(lab.typed('arrivals_per_second')).not.toHaveValue('80');
  const dragged = await lab.typed('arrivals_per_second').inputValue();
  await lab.type('max_batch', '16');
  await slider.focus();
  await page.keyboard.press('Control+z');
  await expect(lab.typed('max_batch')).toHaveValue('1');
  await expect(lab.said).toHaveText('Undone: Largest batch 1.');
  await expect(lab.typed('arrivals_per_second')).toHaveValue(dragged);
  await lab.typed('deadline').focus();
  await page.keyboard.press('Control+z');
  await expect(lab.typed('arrivals_per_second')).toHaveValue(dragged);
  await undo.click();
  await expect(lab.typed('arrivals_per_second')).toHaveValue('80');
  await expect(undo).toBeDisabled();
  await slider.focus();
  await page.keyboard.press('Control+Shift+Z');
  await page.keyboard.press('Control+y');
  await expect(lab.typed('arrivals_per_second')).toHaveValue(dragged);
  await expect(lab.typed('max_batch')).toHaveValue('16');
  await expect.poll(() => lab.card.evaluate((card) => card.client.changes.size)).toBe(0);
});

test('a plot as a PNG, at twice the pixels, named after lab and plot', async ({ page }) => {
  const lab = await openQueue(page);
  await lab.step(1);
  await lab.button('Data').click();
  const dialog = lab.card.locator('data-dialog');
  await expect(dialog.getByRole('button', { name: 'Download PNG' })).toHaveCount(0);
  await dialog.getByLabel('What').selectOption({ label: 'Response times' });
  const waiting = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Download PNG' }).click();
  const file = await waiting;
  expect(file.suggestedFilename()).toBe('batching-queue-response_histogram.png');
  const bytes = await readFile(await file.path());
  expect(bytes.toString('latin1', 1, 4)).toBe('PNG');
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  expect(width).toBe(1520);
  expect(height).toBeGreaterThan(900);
  const colours = await page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0);
    const count = (top, bottom) => new Set(new Uint32Array(
      context.getImageData(0, top, image.width, bottom - top).data.buffer)).size;
    return [count(40, 76), count(200, image.height - 200), count(image.height - 70, image.height - 20)];
  }, bytes.toString('base64'));
  for (const part of colours) expect(part, 'title, plot and settings are drawn').toBeGreaterThan(5);
});

for (const able of [true, false])
  test(`a lab over the whole ${able ? 'screen' : 'window, where the browser has no full screen'}`, async ({ page }) => {
    if (!able) await page.addInitScript(() => delete Element.prototype.requestFullscreen);
    const lab = await openQueue(page);
    const plot = lab.card.locator('lab-view[data-view="response_histogram"]');
    const small = (await plot.boundingBox()).width;
    await lab.press('Full screen');
    await expect(lab.button('Leave full screen')).toBeVisible();
    const box = async () => Object.values(await lab.card.evaluate((card) => {
      const { left, top, width, height } = card.getBoundingClientRect();
      return [left, top, width - innerWidth, height - innerHeight];
    })).join();
    await expect.poll(box).toBe('0,0,0,0');
    await expect.poll(async () => (await plot.boundingBox()).width).toBeGreaterThan(1.2 * small);
    const axe = await new AxeBuilder({ page }).include('lab-card[name="batching-queue"]').analyze();
    expect(axe.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`)).toEqual([]);
    if (able) await lab.button('Leave full screen').click();
    else await page.keyboard.press('Escape');
    await expect(lab.button('Leave full screen')).toHaveCount(0);
    await expect.poll(async () => (await plot.boundingBox()).width).toBe(small);
    expect(await page.evaluate(() => document.querySelectorAll('[inert]').length)).toBe(0);
    await lab.step(1);
  });

test('the playground’s row of buttons: one line beside Run where it fits, and its menu stays on the screen @phone', async ({ page, isMobile }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('./?lab=mlp-playground');
  const card = page.locator('lab-card').first();
  await expect(card.getByRole('button', { name: 'Step', exact: true })).toBeEnabled();
  const more = card.locator('.tools .opener');
  if (!isMobile) {
    const tops = await card.locator('.tools > button, .opener, .run .go').evaluateAll((all) => all.map((one) => {
      const { top, height } = one.getBoundingClientRect();
      return Math.round(top + height / 2);
    }));
    expect(Math.max(...tops) - Math.min(...tops), `${tops}`).toBeLessThan(4);
  }
  await more.click();
  for (const name of ['Share', 'Pin', 'Model as C']) {
    const item = card.locator('.items').getByRole('button', { name, exact: true });
    await expect(item).toBeVisible();
    const { x, width } = await item.boundingBox();
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(page.viewportSize().width);
  }
});
