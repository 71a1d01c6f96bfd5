// The digits lab on the home page: it learns by itself, and reads what a person draws by mouse, finger or keyboard.
const { test, expect } = require('@playwright/test');
const { AxeBuilder } = require('@axe-core/playwright');

/** Digits as the corners of their lines, 0 to 1 from the upper left. */
const THREE = [[[0.3, 0.2], [0.48, 0.14], [0.66, 0.22], [0.66, 0.38], [0.48, 0.48], [0.68, 0.58], [0.7, 0.74], [0.52, 0.86], [0.3, 0.8]]];
const SEVEN = [[[0.28, 0.17], [0.72, 0.17], [0.45, 0.86]], [[0.36, 0.5], [0.66, 0.5]]];
const ZERO = [[[0.5, 0.14], [0.34, 0.2], [0.26, 0.4], [0.27, 0.64], [0.36, 0.82], [0.52, 0.86], [0.67, 0.78], [0.74, 0.58],
  [0.73, 0.36], [0.64, 0.19], [0.5, 0.14]]];

const number = (text) => Number(/-?[\d.]+/.exec(text.replaceAll(',', ''))?.[0]);

/** Its upper end: the card is longer than a screen. */
const scrollToCard = (page) => page.evaluate(() => document.querySelector('lab-card[name="digits"]').scrollIntoView());

/** The card on the home page, in view, and its parts. It stands still: nothing runs by itself. */
async function openDigits(page, query = '') {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(query);
  const card = page.locator('lab-card[name="digits"]');
  await scrollToCard(page);
  const pad = card.locator('ink-pad');
  await expect(pad.locator('.verdict')).toHaveText(/sure|Nothing/);
  return {
    card, pad,
    paper: pad.locator('canvas.paper'),
    verdict: pad.locator('.verdict'),
    run: card.getByRole('button', { name: /^(▶ Run|❚❚ Pause)/ }),
    steps: card.locator('.steps'),
    readout: async (name) => number(await card.locator(`[data-readout="${name}"]`).textContent()),
  };
}

/** Trains until it reads nearly all test digits, then pauses. */
async function train(lab) {
  await lab.run.click();
  await expect.poll(() => lab.readout('test_accuracy'), { timeout: 60_000 }).toBeGreaterThan(0.95);
  await lab.run.click();
  await expect(lab.run).toHaveText(/Run/);
}

async function drawByMouse(page, lab, lines) {
  await lab.paper.scrollIntoViewIfNeeded();
  const box = await lab.paper.boundingBox();
  const place = ([x, y]) => [box.x + x * box.width, box.y + y * box.height];
  for (const line of lines) {
    await page.mouse.move(...place(line[0]));
    await page.mouse.down();
    for (const corner of line.slice(1)) await page.mouse.move(...place(corner), { steps: 8 });
    await page.mouse.up();
  }
}

/** One finger, as the browser reports it. */
async function drawByFinger(page, lab, lines) {
  await lab.paper.scrollIntoViewIfNeeded();
  const box = await lab.paper.boundingBox();
  const browser = await page.context().newCDPSession(page);
  const touch = (type, places) => browser.send('Input.dispatchTouchEvent', {
    type, touchPoints: places.map(([x, y]) => ({ x: box.x + x * box.width, y: box.y + y * box.height })),
  });
  for (const line of lines) {
    await touch('touchStart', [line[0]]);
    for (const corner of line.slice(1)) await touch('touchMove', [corner]);
    await touch('touchEnd', []);
  }
}

const inked = (lab) => lab.paper.evaluate((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.filter((_, i) => i % 4 === 3).reduce((sum, alpha) => sum + alpha, 0) / 255 / canvas.width / canvas.height;
});

test('it learns within seconds and reads a digit that is drawn with the mouse', async ({ page }) => {
  const lab = await openDigits(page);
  await train(lab);
  expect(await lab.readout('epoch')).toBeLessThan(60);
  await drawByMouse(page, lab, THREE);
  await expect(lab.verdict).toHaveText(/^Reads 3, /);
  await expect.poll(() => lab.readout('pad_digit')).toBe(3);
  await expect(lab.pad.getByRole('status')).toHaveText(/^Reads 3, /); // said once the hand rests
  await lab.pad.getByRole('button', { name: 'Clear' }).click();
  await expect(lab.verdict).toHaveText('Nothing to read');
  await drawByMouse(page, lab, SEVEN);
  await expect(lab.verdict).toHaveText(/^Reads 7, /);
});

test('a finger draws on it and does not scroll the page @phone', async ({ page, hasTouch }) => {
  test.skip(!hasTouch, 'needs a touch screen');
  const lab = await openDigits(page);
  await train(lab);
  await lab.paper.scrollIntoViewIfNeeded();
  const before = await page.evaluate(() => scrollY);
  await drawByFinger(page, lab, ZERO);
  expect(await page.evaluate(() => scrollY)).toBe(before);
  await expect(lab.verdict).toHaveText(/^Reads 0, /);
});

test('the arrow keys draw too: a bar is a one', async ({ page }) => {
  const lab = await openDigits(page);
  await train(lab);
  await lab.pad.getByRole('button', { name: 'Clear' }).click();
  await expect(lab.verdict).toHaveText('Nothing to read');
  await lab.paper.focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+ArrowUp');
  await page.keyboard.press('Space');
  await expect(lab.pad.getByRole('status')).toHaveText(/Pen down|Perhaps|Reads/);
  for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await expect(lab.pad.getByRole('status')).toHaveText(/Pen up/);
  await expect(lab.verdict).toHaveText(/ 1, /);
  await page.keyboard.press('Delete');
  await expect(lab.verdict).toHaveText('Nothing to read');
});

test('test digits come onto the pad, are drawn over, and a drawing stays through a new start', async ({ page }) => {
  const lab = await openDigits(page);
  await expect(lab.pad).toContainText('from the test set');
  await lab.card.getByRole('button', { name: 'A test digit' }).click();
  const other = await lab.pad.locator('.words').textContent();
  await lab.card.getByRole('button', { name: 'One it gets wrong' }).click();
  await expect.poll(() => lab.pad.locator('.words').textContent()).not.toBe(other);
  await drawByMouse(page, lab, THREE);
  await expect(lab.pad).toContainText('Your drawing');
  const ink = await inked(lab);
  expect(ink).toBeGreaterThan(0.05);
  await lab.card.getByLabel('Seed', { exact: true }).fill('5');
  await lab.card.getByLabel('Seed', { exact: true }).press('Enter');
  await expect(lab.steps).toHaveText('step 0');
  await expect(lab.pad).toContainText('Your drawing');
  expect(Math.abs((await inked(lab)) - ink)).toBeLessThan(0.01);
  await lab.card.getByRole('button', { name: 'A test digit' }).click();
  await expect(lab.pad).toContainText('from the test set');
});

test('a cell of the confusion matrix shows its digits, and one of these goes onto the pad', async ({ page }) => {
  const lab = await openDigits(page);
  await train(lab);
  const matrix = lab.card.locator('lab-view[data-view="confusion"]');
  const examples = lab.card.locator('lab-view[data-view="examples"]');
  await matrix.scrollIntoViewIfNeeded();
  await matrix.locator('tbody tr').nth(7).locator('td').nth(7).click();
  await expect(matrix.locator('td.picked')).toHaveCount(1);
  await examples.scrollIntoViewIfNeeded();
  const first = examples.getByRole('combobox').locator('option').nth(1);
  await expect(first).toHaveText(/^7 read as 7, no/);
  await examples.getByRole('combobox').selectOption({ index: 1 });
  await lab.pad.scrollIntoViewIfNeeded(); // what is out of sight is not drawn
  await expect(lab.pad).toContainText('A 7 from the test set');
  // By the keyboard: the list has the cells that hold something.
  const cells = matrix.getByRole('combobox');
  await cells.selectOption(await cells.locator('option', { hasText: /^0 read as 0/ }).getAttribute('value'));
  await examples.scrollIntoViewIfNeeded();
  await expect(first).toHaveText(/^0 read as 0, no/);
});

test('a drawing while it trains is read on, and a goal is ticked', async ({ page }) => {
  const lab = await openDigits(page);
  await lab.run.click();
  await drawByMouse(page, lab, ZERO);
  await expect(lab.card.locator('[data-goal="your_hand"]')).toContainText('(done)', { timeout: 60_000 });
  await expect(lab.run).toHaveText(/Pause/);
});

test('it starts by itself when it comes near, and only then', async ({ page }) => {
  await page.goto('');
  const card = page.locator('lab-card[name="digits"]');
  await page.waitForTimeout(1000);
  expect(await card.evaluate((element) => element.shadowRoot?.querySelector('ink-pad') ?? null)).toBeNull();
  await scrollToCard(page);
  await expect.poll(async () => number((await card.locator('.steps').textContent()) ?? '0'), { timeout: 60_000 }).toBeGreaterThan(2);
});

test('data that cannot be fetched are told with a sentence, and trying again helps', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.route('**/digits.csv', (route) => route.abort());
  await page.goto('');
  const card = page.locator('lab-card[name="digits"]');
  await scrollToCard(page);
  const problem = card.getByRole('alert');
  await expect(problem).toContainText('digits.csv, could not be fetched');
  await expect(page.locator('lab-card[name="mlp-playground"]').getByRole('button', { name: 'Step', exact: true })).toBeEnabled();
  await page.unroute('**/digits.csv');
  await problem.getByRole('button', { name: 'Try again' }).click();
  await expect(card.locator('ink-pad .verdict')).toHaveText(/sure/);
});

test('a file that is something else is refused with a sentence', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.route('**/digits.csv', (route) => route.fulfill({ body: 'a,b\n1,2\n' }));
  await page.goto('');
  const card = page.locator('lab-card[name="digits"]');
  await scrollToCard(page);
  await expect(card.locator('.dock .problem')).toContainText('The file has 2 columns; a digit is 64 pixels and its class, 65 in all');
});

for (const scheme of ['light', 'dark']) {
  test(`axe finds nothing on the trained lab, ${scheme} @phone`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: scheme });
    const lab = await openDigits(page);
    await train(lab);
    const { violations } = await new AxeBuilder({ page }).include('lab-card[name="digits"]').analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });
}
