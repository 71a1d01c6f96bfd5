// The pages' Content-Security-Policy: nothing that the site does is against it, and a script that slips into a page is.
const { readdirSync, readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { test, expect } = require('@playwright/test');

const SITE = resolve(__dirname, '../../build/site');
const CHAPTER = '01-overview/';

/** Every page there is, as a path; data/box holds parts of pages. */
const PAGES = readdirSync(SITE, { recursive: true }).map(String)
  .filter((path) => path.endsWith('.html') && !/^(data|compiler)\b/.test(path)).map((path) => path.replace(/index\.html$/, ''));

/** From now on, what the policy refused on any page, workers and the console included. */
async function watch(page) {
  const refused = [];
  await page.exposeFunction('refused', (told) => refused.push(told));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) =>
      window.refused(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`));
  });
  page.on('console', (message) => {
    if (/content.security.policy/i.test(message.text())) refused.push(message.text());
  });
  return refused;
}

/**
 * Puts a text in the editor's place as a person does. Playwright's insertText would have the browser itself, not the site,
 * set style attributes when it breaks lines.
 */
async function paste(page, challenge, text) {
  const editor = challenge.getByRole('textbox', { name: /Your C code/ });
  await editor.focus();
  await page.keyboard.press('ControlOrMeta+a');
  await editor.evaluate((element, content) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', content);
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

test('every page keeps its policy, its cards opened', async ({ page }) => {
  const refused = await watch(page);
  expect(PAGES.length).toBeGreaterThan(4);
  for (const path of PAGES) {
    await page.goto(path);
    for (const card of await page.locator('prediction-card').all()) await card.scrollIntoViewIfNeeded();
    for (const card of await page.locator('lab-card, challenge-card').all()) {
      await card.scrollIntoViewIfNeeded();
      await expect(card).toHaveAttribute('open'); // one that is passed by at once may stay closed
    }
  }
  expect(refused).toEqual([]);
});

test('a lab, its data and its box, a prediction and a challenge keep the policy', async ({ page }) => {
  const refused = await watch(page);
  await page.goto(CHAPTER);
  const lab = page.locator('lab-card[name="batching-queue"]');
  await lab.scrollIntoViewIfNeeded();
  const steps = await lab.locator('.steps').textContent();
  await lab.getByRole('button', { name: 'Step', exact: true }).click();
  await expect(lab.locator('.steps')).not.toHaveText(steps ?? '');
  await lab.getByRole('button', { name: 'Data', exact: true }).click();
  await expect(lab.locator('data-dialog').getByRole('table')).toBeVisible();
  await page.keyboard.press('Escape');
  await lab.getByRole('button', { name: /^Open the box/ }).first().click();
  await expect(page.locator('box-drawer').getByRole('dialog')).toContainText('#include');
  await page.keyboard.press('Escape');

  const prediction = page.locator('prediction-card[kind="curve"]').first();
  await prediction.scrollIntoViewIfNeeded();
  await prediction.getByRole('button', { name: 'Skip: show me' }).click();
  await expect(prediction.locator('div.outcome')).toBeVisible();

  const challenge = page.locator('challenge-card[slug="latency-percentile"]');
  await challenge.scrollIntoViewIfNeeded();
  const [broken, sound] = [' int x = ;', ''].map((more) =>
    readFileSync(join(SITE, '../../lessons/01-overview/challenges/latency-percentile/solution.c'), 'utf8') + more);
  await paste(page, challenge, broken); // an error's underline is an image
  await challenge.getByRole('button', { name: /Download the C compiler/ }).click();
  await expect(challenge.locator('compiler-offer')).toBeHidden({ timeout: 60_000 });
  await challenge.getByRole('button', { name: 'Run checks' }).click();
  await expect(challenge.locator('.cm-lintRange-error').first()).toBeVisible({ timeout: 60_000 });
  await paste(page, challenge, sound);
  await challenge.getByRole('button', { name: 'Run checks' }).click();
  await challenge.getByRole('button', { name: 'Run the lab with my code' }).click({ timeout: 60_000 });
  await expect(page.locator('lab-card .driven').first()).toBeVisible({ timeout: 60_000 });
  expect(refused).toEqual([]);
});

test('a script, a style or a handler written into a page does nothing, and nothing is fetched from elsewhere', async ({ page }) => {
  const refused = await watch(page);
  await page.goto(CHAPTER);
  const style = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "taken"';
    const base = document.createElement('base');
    base.href = 'https://example.org/';
    document.head.append(script, base);
    document.querySelector('main h1').insertAdjacentHTML('afterend',
      '<p id="guest" style="color: red">x<img src="x:" onerror="document.title = \'taken\'"></p>');
    return document.querySelector('#guest').style.color;
  });
  expect(await page.evaluate(() => fetch('https://example.org/').then(() => 'sent', () => 'refused'))).toBe('refused');
  await expect.poll(() => refused.map((one) => one.split(' ')[0])).toEqual(expect.arrayContaining(
    ['script-src-elem', 'base-uri', 'style-src-attr', 'img-src', 'connect-src']));
  expect(style).toBe('');
  await expect(page).not.toHaveTitle('taken');
  expect(await page.evaluate(() => document.baseURI)).not.toContain('example.org');
});
