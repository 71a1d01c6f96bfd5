// "Your C runs the lesson": what a learner wrote for a challenge runs in the lab that calls it, in Chromium.
const { test, expect } = require('@playwright/test');
const { AxeBuilder } = require('@axe-core/playwright');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const FOLDER = join(__dirname, '../../lessons/01-overview/challenges/latency-percentile');
const source = (name) => readFileSync(join(FOLDER, name), 'utf8');
/** A percentile that is right until the lab has run for a while: the checks ask for fewer values than the lab. */
const FAULTY = (statement) =>
  source('solution.c').replace('    double *sorted', `    if (n > 1000)\n        ${statement}\n    double *sorted`);

async function openPage(page) {
  await page.goto('01-overview/');
  const challenge = page.locator('challenge-card[slug="latency-percentile"]');
  await challenge.scrollIntoViewIfNeeded();
  await expect(challenge.getByRole('textbox', { name: /Your C code/ })).toBeVisible();
  return {
    challenge,
    lab: page.locator('lab-card[name="batching-queue"]').first(),
    driver: challenge.getByRole('button', { name: 'Run the lab with my code' }),
  };
}

/** Writes an answer, runs its checks and then the lab with it. */
async function drive(page, { challenge, driver }, text) {
  await challenge.getByRole('textbox', { name: /Your C code/ }).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
  await expect(driver).toBeHidden(); // what was offered was for another text
  const download = challenge.getByRole('button', { name: /Download the C compiler/ });
  if (await download.isVisible()) {
    await download.click();
    await expect(challenge.locator('compiler-offer')).toBeHidden({ timeout: 60_000 });
  }
  await challenge.getByRole('button', { name: 'Run checks' }).click();
  await expect(challenge.locator('.results h4')).toContainText('checks pass', { timeout: 60_000 });
  await driver.click();
}

/** What the lab says after four steps from its start. */
async function figures(page, lab) {
  const pause = lab.getByRole('button', { name: 'Pause' });
  if (await pause.isVisible()) await pause.click();
  await lab.getByRole('button', { name: 'Reset', exact: true }).click();
  for (let step = 1; step <= 4; step++) {
    await lab.getByRole('button', { name: 'Step' }).click();
    await expect(lab.locator('.steps')).toHaveText(`step ${step}`);
  }
  return lab.locator('lab-readouts').evaluate((element) => [...element.values]);
}

test('a right answer draws the lab as the library does, a wrong one does not, and the way back is one click', async ({
  page,
}) => {
  const parts = await openPage(page);
  const { lab } = parts;
  await expect(async () => {
    await lab.scrollIntoViewIfNeeded(); // again, while the cards above it grow
    await expect(lab.getByRole('button', { name: 'Run', exact: false }).first()).toBeEnabled({ timeout: 1000 });
  }).toPass();
  const library = await figures(page, lab);
  expect(library.some((value) => value > 0)).toBe(true);

  await drive(page, parts, source('solution.c'));
  const badge = lab.locator('.driven');
  await expect(badge).toContainText('Your code');
  await expect(badge).toContainText('Percentile of latencies');
  await expect(badge.getByRole('button')).toBeFocused();
  await expect(lab).toBeInViewport();
  expect(await figures(page, lab)).toEqual(library);
  const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  for (const fromShadowDom of [
    ['lab-card[name="batching-queue"]', '.driven'],
    ['challenge-card[slug="latency-percentile"]', 'lab-driver'],
  ]) {
    const found = await new AxeBuilder({ page }).include({ fromShadowDom }).withTags(wcag).analyze();
    expect(found.violations).toEqual([]);
    expect(found.passes.length).toBeGreaterThan(0);
  }

  await drive(page, parts, source('wrong/rank-as-index.c'));
  await expect(badge).toContainText('It does not pass its checks, so no goal is ticked.');
  expect(await figures(page, lab)).not.toEqual(library);

  await badge.getByRole('button', { name: 'Back to the library’s code' }).click();
  await expect(badge).toBeHidden();
  expect(await figures(page, lab)).toEqual(library);
});

test('a fault of mine inside the lab is told with its line, and the lab can go on', async ({ page }) => {
  const parts = await openPage(page);
  const text = FAULTY('return 1 / (int)(n - n);');
  const line = text.split('\n').findIndex((one) => one.includes('n - n')) + 1;
  await drive(page, parts, text);
  const problem = parts.lab.getByRole('alert');
  await expect(problem).toContainText(`Your code has stopped the lab. Line ${line}: An integer is divided by zero`, {
    timeout: 20_000,
  });
  await problem.getByRole('button', { name: 'Restart this lab' }).click();
  await expect(problem).toBeHidden();
  await parts.lab.getByRole('button', { name: 'Back to the library’s code' }).click();
  await expect(parts.lab.getByRole('button', { name: 'Pause' })).toBeVisible();
});

test('an endless loop inside the lab is stopped while the page goes on', async ({ page }) => {
  const parts = await openPage(page);
  await drive(page, parts, FAULTY('for (volatile unsigned i = 0; ; i++) ;'));
  const problem = parts.lab.getByRole('alert');
  await expect(parts.lab.locator('.driven')).toBeVisible();
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => resolve('alive')));
  expect(await page.evaluate(frame)).toBe('alive');
  await expect(problem).toContainText('Stopped: for 5 s your code did not return.', { timeout: 20_000 });
  await parts.lab.getByRole('button', { name: 'Back to the library’s code' }).click();
  await expect(problem).toBeHidden();
  await expect(parts.lab.getByRole('button', { name: 'Pause' })).toBeVisible();
});

test('a lab that is not on the page opens below the challenge', async ({ page }) => {
  const parts = await openPage(page);
  await parts.lab.evaluateAll((cards) => cards.forEach((card) => card.remove()));
  await drive(page, parts, source('solution.c'));
  await expect(page.locator('challenge-card[slug="latency-percentile"] + lab-card .driven')).toContainText('Your code');
});
