// The lab card: what a person does with a lab, in Chromium, with the real module.
const { readFile } = require('node:fs/promises');
const { test, expect } = require('@playwright/test');
const { AxeBuilder } = require('@axe-core/playwright');

const CHAPTER = '01-overview/';
const HOME = '';

/** A lab's card, in view and ready, and its parts. */
async function openLab(page, name, address = CHAPTER) {
  await page.goto(address);
  const card = page.locator(`lab-card[name="${name}"]`);
  await card.scrollIntoViewIfNeeded();
  const parts = {
    card,
    run: card.getByRole('button', { name: /^(▶ Run|❚❚ Pause)/ }),
    step: card.getByRole('button', { name: 'Step', exact: true }),
    reset: card.getByRole('button', { name: 'Reset', exact: true }).last(),
    steps: card.locator('.steps'),
    said: card.locator('.said'),
    speed: card.getByLabel('Speed'),
    param: (param) => card.locator(`param-control[data-param="${param}"]`),
    slider: (param) => card.locator(`param-control[data-param="${param}"] input[type=range]`),
    typed: (param) => card.locator(`param-control[data-param="${param}"] input[type=text]`),
    readout: (readout) => card.locator(`[data-readout="${readout}"]`),
    view: (view) => card.locator(`lab-view[data-view="${view}"]`),
    goal: (goal) => card.locator(`[data-goal="${goal}"]`),
  };
  await expect(parts.step).toBeEnabled();
  return parts;
}

const openQueue = (page) => openLab(page, 'batching-queue');
const openCurve = (page) => openLab(page, 'learning-curve');

/** The playground, standing still at step 0. */
async function openPlayground(page, address = HOME) {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  return openLab(page, 'mlp-playground', address);
}

const number = (text) => Number(/-?[\d.]+/.exec(text.replaceAll(',', '').replace('−', '-'))?.[0]);
const stepOf = async (lab) => number(await lab.steps.textContent());
const figure = async (lab, readout) => number(await lab.readout(readout).textContent());

/** What a plot's canvases look like, as text to compare. */
const picture = (lab, view) =>
  lab.view(view).evaluate((element) =>
    [...element.shadowRoot.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()).join());

test('a slider moves the plot, by the keyboard alone', async ({ page }) => {
  const lab = await openPlayground(page);
  await expect.poll(() => picture(lab, 'decision_surface')).toContain('data:image');
  const before = await picture(lab, 'decision_surface');
  await lab.slider('noise').focus();
  for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowRight');
  await expect(lab.typed('noise')).toHaveValue('0.08');
  await expect.poll(() => picture(lab, 'decision_surface')).not.toBe(before);
});

test('Run, Pause, Step and Reset do what they say', async ({ page }) => {
  const lab = await openQueue(page);
  await expect(lab.steps).toHaveText('step 0');
  await lab.step.click();
  await expect(lab.steps).toHaveText('step 1');
  await lab.step.click();
  await expect(lab.steps).toHaveText('step 2');
  await lab.run.click();
  await expect.poll(() => stepOf(lab)).toBeGreaterThan(20);
  await expect(lab.run).toHaveText(/Pause/);
  await lab.run.click();
  await expect(lab.run).toHaveText(/Run/);
  const at = await stepOf(lab);
  await page.waitForTimeout(400);
  expect(await stepOf(lab)).toBe(at);
  await lab.reset.click();
  await expect(lab.steps).toHaveText('step 0');
});

test('a run keeps the pace of its lab, and the speed multiplies it', async ({ page }) => {
  const lab = await openQueue(page);
  const pace = await lab.card.evaluate((card) => card.lab.steps_per_second);
  const stepsIn = async (seconds) => {
    const before = await stepOf(lab);
    await page.waitForTimeout(seconds * 1000);
    return ((await stepOf(lab)) - before) / seconds;
  };
  await lab.speed.selectOption('0.25');
  await lab.run.click();
  const slow = await stepsIn(2);
  expect(slow).toBeGreaterThan(0);
  expect(slow).toBeLessThan(0.4 * pace);
  await lab.speed.selectOption('Infinity');
  expect(await stepsIn(1)).toBeGreaterThan(2 * slow);
});

test('a live setting takes effect while the run goes on', async ({ page }) => {
  const lab = await openQueue(page);
  await lab.speed.selectOption('Infinity');
  await lab.run.click();
  await expect.poll(() => figure(lab, 'p99')).toBeGreaterThan(60);
  const at = await stepOf(lab);
  await lab.typed('max_batch').fill('8');
  await lab.typed('max_batch').press('Enter');
  await expect.poll(() => figure(lab, 'p99')).toBeLessThan(40);
  expect(await stepOf(lab)).toBeGreaterThan(at);
  await expect(lab.run).toHaveText(/Pause/);
});

test('a setting that needs a new start keeps a run running, and says so', async ({ page }) => {
  const lab = await openPlayground(page);
  await lab.speed.selectOption('Infinity');
  await lab.run.click();
  await expect.poll(() => stepOf(lab)).toBeGreaterThan(100);
  await lab.speed.selectOption('0.25');
  await lab.param('data').getByRole('combobox').selectOption({ label: 'moons' });
  await expect(lab.said).toContainText('Started anew');
  await expect.poll(() => stepOf(lab)).toBeLessThan(100);
  await expect.poll(() => stepOf(lab)).toBeGreaterThan(0);
  await expect(lab.run).toHaveText(/Pause/);
});

test('training the playground ticks a goal, and the tick is there after a reload', async ({ page }) => {
  let lab = await openPlayground(page);
  const goal = () => lab.goal('depth_without_bends');
  await expect(goal()).not.toContainText('(done)');
  await goal().getByRole('button', { name: /show me/ }).click();
  await expect(goal()).toContainText('(done)', { timeout: 60_000 });
  await expect(lab.said).toContainText('Done:');
  lab = await openPlayground(page);
  await expect(goal()).toContainText('(done)');
  await expect(lab.goal('sparsity')).not.toContainText('(done)');
});

test('“show me” brings the plots into sight @phone', async ({ page }) => {
  const lab = await openLab(page, 'batching-queue', CHAPTER);
  const button = lab.card.locator('goal-list').getByRole('button', { name: /show me/ }).first();
  await button.scrollIntoViewIfNeeded();
  await button.click();
  const inSight = () => lab.card.locator('lab-view').evaluateAll((views) => views
    .map((view) => view.getBoundingClientRect()).filter(({ top, bottom }) => top >= 0 && bottom <= innerHeight).length);
  await expect.poll(inSight).toBeGreaterThan(0);
});

test('a goal is met by hand: sliders and choices, no preset', async ({ page }) => {
  const lab = await openCurve(page);
  await lab.typed('r_squared').fill('0');
  await lab.typed('r_squared').press('Enter');
  await lab.speed.selectOption('Infinity');
  await lab.run.click();
  await expect(lab.goal('perfect_on_noise')).toContainText('(done)', { timeout: 60_000 });
  await expect(lab.said).toContainText('Finished');
  await expect(lab.run).toHaveText(/Run again/);
});

test('every plot of every lab shows something once it has run', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' }); // so that the playground waits for Run
  for (const [name, address] of [['batching-queue', CHAPTER], ['learning-curve', CHAPTER], ['mlp-playground', HOME]]) {
    const lab = await openLab(page, name, address);
    await lab.speed.selectOption('Infinity');
    await lab.run.click();
    await expect.poll(() => stepOf(lab)).toBeGreaterThan(20);
    const views = lab.card.locator('lab-view');
    for (let i = 0; i < (await views.count()); i++) {
      await views.nth(i).scrollIntoViewIfNeeded();
      await expect(views.nth(i).locator('.empty')).toHaveCount(0);
      const what = await views.nth(i).evaluate((view) => {
        const root = view.shadowRoot;
        const canvas = [...root.querySelectorAll('canvas')].at(0);
        if (!canvas) return root.querySelectorAll('td').length;
        const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        return new Set(new Uint32Array(pixels.buffer)).size;
      });
      expect(what, `${name}: ${await views.nth(i).getAttribute('data-view')}`).toBeGreaterThan(3);
    }
  }
});

test('the same settings and seed give the same numbers, another seed gives others', async ({ page }) => {
  const rows = async (seed) => {
    const lab = await openPlayground(page, `?lab=mlp-playground&seed=${seed}`);
    for (let i = 1; i <= 3; i++) {
      await lab.step.click();
      await expect(lab.steps).toHaveText(`step ${i}`);
    }
    return (await csvOf(page, lab, 'Loss')).text;
  };
  const first = await rows(5);
  expect(await rows(5)).toBe(first);
  expect(await rows(6)).not.toBe(first);
});

/** Opens Data, chooses a view and downloads its CSV. */
async function csvOf(page, lab, title) {
  await lab.card.getByRole('button', { name: 'Data', exact: true }).click();
  const dialog = lab.card.locator('data-dialog');
  await dialog.getByLabel('What').selectOption({ label: title });
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Download CSV' }).click();
  const file = await download;
  const text = await readFile(await file.path(), 'utf8');
  return { name: file.suggestedFilename(), text, dialog };
}

test('the numbers behind a plot: as a table, and as a CSV with all of them', async ({ page }) => {
  const lab = await openCurve(page);
  await lab.speed.selectOption('Infinity');
  await lab.run.click();
  await expect(lab.said).toContainText('Finished', { timeout: 60_000 });
  const { name, text, dialog } = await csvOf(page, lab, 'Error by number of rows');
  expect(name).toBe('learning-curve-error_by_rows.csv');
  const lines = text.trimEnd().split('\r\n');
  expect(lines[0]).toBe('series,x,y');
  expect(lines.length).toBeGreaterThan(100);
  for (const line of lines.slice(1)) expect(line).toMatch(/^\w+,[-\d.e+]+,[-\d.e+]+$/);
  await expect(dialog.locator('tbody tr').first()).toContainText(lines[1].split(',')[0]);
  await page.keyboard.press('Escape');
  await expect(dialog.getByRole('dialog')).toBeHidden();
});

test('a shared link carries every setting', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const lab = await openQueue(page);
  await lab.typed('max_batch').fill('16');
  await lab.typed('max_batch').press('Enter');
  await lab.param('service').getByText('exponential').click();
  await lab.card.getByLabel('Seed', { exact: true }).fill('77');
  await lab.card.getByLabel('Seed', { exact: true }).press('Enter');
  await lab.card.getByRole('button', { name: 'Share' }).click();
  await expect(lab.said).toContainText('Link copied');
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(link).search).toBe('?lab=batching-queue&max_batch=16&service=exponential&seed=77');
  const other = await openLab(page, 'batching-queue', link);
  await expect(other.typed('max_batch')).toHaveValue('16');
  await expect(other.param('service').getByLabel('exponential')).toBeChecked();
  await expect(other.card.getByLabel('Seed', { exact: true })).toHaveValue('77');
  await expect(other.card.locator('.notes')).toHaveCount(0);
});

test('what is wrong in a link is said in sentences and falls back to the default', async ({ page }) => {
  const query = '?lab=batching-queue&max_batch=900&service=%3Cb%3Enone&colour=red&seed=-1&max_wait=12';
  const lab = await openLab(page, 'batching-queue', CHAPTER + query);
  const notes = lab.card.locator('.notes p');
  await expect(notes).toHaveCount(4);
  await expect(notes.nth(0)).toContainText('cannot be “900”');
  await expect(notes.nth(0)).toContainText('from 1 to 64');
  await expect(notes.nth(1)).toContainText('“<b>none”');
  await expect(notes.nth(2)).toContainText('no setting “colour”');
  await expect(notes.nth(3)).toContainText('seed');
  await expect(lab.typed('max_batch')).toHaveValue('1');
  await expect(lab.typed('max_wait')).toHaveValue('12');
});

test('settings stay after a reload, and the way back to the default is one click', async ({ page }) => {
  let lab = await openQueue(page);
  await lab.typed('arrivals_per_second').fill('200');
  await lab.typed('arrivals_per_second').press('Enter');
  await page.waitForTimeout(1200); // settings are kept a moment after the last move
  lab = await openQueue(page);
  await expect(lab.typed('arrivals_per_second')).toHaveValue('200');
  await expect(lab.card.locator('.notes')).toContainText('from last time');
  await lab.card.getByRole('button', { name: 'Back to the default settings' }).click();
  await expect(lab.typed('arrivals_per_second')).toHaveValue('80');
});

test('a typed value that cannot be is refused with a sentence', async ({ page }) => {
  const lab = await openQueue(page);
  await lab.typed('max_batch').fill('65');
  await lab.typed('max_batch').press('Enter');
  await expect(lab.param('max_batch').getByRole('alert')).toContainText('a whole number from 1 to 64');
  await expect(lab.typed('max_batch')).toHaveValue('1');
});

test('a double click brings a slider back to its default', async ({ page }) => {
  const lab = await openQueue(page);
  await lab.typed('arrivals_per_second').fill('300');
  await lab.typed('arrivals_per_second').press('Enter');
  await lab.slider('arrivals_per_second').dblclick({ position: { x: 3, y: 8 } });
  await expect(lab.typed('arrivals_per_second')).toHaveValue('80');
});

test('the box opens at the function that computes a plot, with its formula', async ({ page }) => {
  const lab = await openPlayground(page);
  const code = await lab.card.evaluate((card) => card.lab.views.find((view) => view.name === 'loss_by_epoch').code);
  await lab.card.getByRole('button', { name: 'Open the box: Loss' }).click();
  const box = lab.card.locator('box-drawer');
  await expect(box.locator('.formula math')).toBeVisible();
  const place = box.locator(`[id="fn-${code}"]`);
  await expect(place).toBeInViewport();
  await expect(place).toContainText(`${code}(`);
  await box.getByRole('navigation').getByRole('button', { name: 'mlp-playground.c' }).click();
  await expect(box.locator('#fn-lab .line').first()).toBeInViewport();
  await page.keyboard.press('Escape');
  await expect(box.getByRole('dialog')).toBeHidden();
});

test('a hidden unit can be picked, by click and from the list', async ({ page }) => {
  const lab = await openPlayground(page);
  const picker = lab.view('hidden_units').getByRole('combobox');
  await lab.view('hidden_units').locator('canvas').click({ position: { x: 70, y: 15 } });
  await expect(picker).toHaveValue('0');
  await picker.selectOption('30');
  await expect.poll(() => lab.view('hidden_units').evaluate((view) => view.painter.picked)).toBe(30);
});

test('a run that diverges stops with a sentence; Reset helps', async ({ page }) => {
  const query = '?lab=mlp-playground&data=circles&activation=identity&layers=6&optimiser=sgd&learning_rate=10';
  const lab = await openPlayground(page, query);
  await lab.speed.selectOption('Infinity');
  await lab.run.click();
  const problem = lab.card.locator('.problem').filter({ hasText: 'iverged' });
  await expect(problem).toContainText('no longer a number', { timeout: 60_000 });
  await expect(lab.run).toHaveText(/Run/);
  await problem.getByRole('button', { name: 'Reset' }).click();
  await expect(problem).toHaveCount(0);
  await expect(lab.steps).toHaveText('step 0');
});

test('a worker that dies is said and can start again; other labs go on', async ({ page }) => {
  const lab = await openQueue(page);
  await lab.typed('max_batch').fill('4');
  await lab.typed('max_batch').press('Enter');
  // A message that the worker cannot work with: it fails where a trap of the module would make it fail.
  await lab.card.evaluate((card) => card.client.worker.postMessage({ type: 'set', changes: 7 }));
  const problem = lab.card.getByRole('alert').filter({ hasText: 'stopped working' });
  await expect(problem).toBeVisible();
  const other = await openCurveHere(page);
  await other.getByRole('button', { name: 'Step', exact: true }).click();
  await expect(other.locator('.steps')).toHaveText('step 1');
  await problem.getByRole('button', { name: 'Restart' }).click();
  await lab.step.click();
  await expect(lab.steps).toHaveText('step 1');
  await expect(lab.typed('max_batch')).toHaveValue('4');
});

async function openCurveHere(page) {
  const card = page.locator('lab-card[name="learning-curve"]');
  await card.scrollIntoViewIfNeeded();
  await expect(card.getByRole('button', { name: 'Step', exact: true })).toBeEnabled();
  return card;
}

test('a module that cannot be fetched is said, and can be tried again', async ({ page }) => {
  await page.route('**/laymanz.wasm', (route) => route.abort());
  await page.goto(CHAPTER);
  const card = page.locator('lab-card').first();
  await card.scrollIntoViewIfNeeded();
  await expect(card.getByRole('alert')).toContainText('could not be fetched');
  await page.unroute('**/laymanz.wasm');
  await card.getByRole('button', { name: 'Try again' }).click();
  await expect(card.getByRole('button', { name: 'Step', exact: true })).toBeEnabled();
});

test('fifty slider moves a second: the last one counts and the page stays quick', async ({ page }) => {
  const lab = await openPlayground(page);
  await lab.run.click();
  const waits = await lab.slider('learning_rate').evaluate(async (slider) => {
    const waits = [];
    for (let i = 0; i < 100; i++) {
      const from = performance.now();
      slider.value = String(100 + (i % 50));
      slider.dispatchEvent(new Event('input'));
      await new Promise((resolve) => setTimeout(resolve, 20));
      waits.push(performance.now() - from);
    }
    return waits.sort((a, b) => a - b);
  });
  expect(waits[50], 'a move and its 20 ms never wait for the lab').toBeLessThan(1000);
  const shown = Number(await lab.typed('learning_rate').inputValue());
  await expect.poll(() => lab.card.evaluate((card) => card.client.changes.size)).toBe(0);
  const index = await lab.card.evaluate((card) => card.lab.params.findIndex((param) => param.name === 'learning_rate'));
  expect(await lab.card.evaluate((card, at) => card.settings.params[at], index)).toBeCloseTo(shown, 5);
  expect(shown).not.toBe(0.01);
});

test('nothing runs out of sight', async ({ page }) => {
  const lab = await openLab(page, 'batching-queue');
  await lab.run.click();
  await expect.poll(() => stepOf(lab)).toBeGreaterThan(5);
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForTimeout(500);
  const at = await stepOf(lab);
  await page.waitForTimeout(800);
  expect(await stepOf(lab)).toBe(at);
  await lab.card.scrollIntoViewIfNeeded();
  await expect.poll(() => stepOf(lab)).toBeGreaterThan(at);
});

test('the playground on the home page runs by itself, but not where motion is unwanted', async ({ page }) => {
  const lab = await openLab(page, 'mlp-playground', HOME);
  await expect.poll(() => stepOf(lab)).toBeGreaterThan(10);
  const still = await openPlayground(page);
  await page.waitForTimeout(800);
  await expect(still.steps).toHaveText('step 0');
});

test('a lab by keys alone: tab to Run, press it, tab to Pause', async ({ page }) => {
  const lab = await openQueue(page);
  await lab.slider('arrivals_per_second').focus();
  await page.keyboard.press('ArrowRight');
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    if (await lab.run.evaluate((button) => button.getRootNode().activeElement === button)) break;
  }
  await expect(lab.run).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(lab.run).toHaveText(/Pause/);
  await page.keyboard.press('Space');
  await expect(lab.run).toHaveText(/Run/);
});

test('a plot tells its finding in words', async ({ page }) => {
  const lab = await openQueue(page);
  await lab.step.click();
  await expect(lab.steps).toHaveText('step 1');
  const body = lab.view('response_histogram').getByRole('img');
  await expect(body).toHaveAttribute('aria-label', /After 1 step: Mean [\d.]+ ms/i);
});

for (const colorScheme of ['light', 'dark'])
  test(`axe finds nothing in a lab that has run, ${colorScheme} @phone`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    for (const [name, address] of [['batching-queue', CHAPTER], ['mlp-playground', HOME]]) {
      const lab = await openLab(page, name, address);
      await lab.step.click();
      await expect(lab.steps).toHaveText('step 1');
      const found = await new AxeBuilder({ page }).include('lab-card').analyze();
      expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`)).toEqual([]);
    }
  });

test('on a phone the plots come first, Run stays in reach, nothing is too wide @phone', async ({ page }) => {
  const lab = await openPlayground(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(wide).toBe(false);
  if (page.viewportSize().width > 500) return;
  const plots = await lab.view('decision_surface').boundingBox();
  const controls = await lab.card.locator('lab-controls').boundingBox();
  expect(plots.y).toBeLessThan(controls.y);
  await lab.view('loss_by_epoch').scrollIntoViewIfNeeded();
  await expect(lab.run).toBeInViewport();
});
