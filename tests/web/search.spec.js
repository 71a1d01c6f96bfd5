// The search: opened by key and button, found as one types, chosen by keyboard; its commands; the map's filter; anchors.
const { test, expect } = require('@playwright/test');
const { AxeBuilder } = require('@axe-core/playwright');

const CHAPTER = '01-overview/';

/** The search, opened by Ctrl-K, with its parts. */
async function opened(page, path = CHAPTER) {
  await page.goto(path);
  await page.waitForFunction(() => customElements.get('site-nav') !== undefined);
  await page.keyboard.press('Control+k');
  const dialog = page.getByRole('dialog', { name: 'Search and commands' });
  const field = dialog.getByRole('combobox');
  await expect(field).toBeFocused();
  return { dialog, field, options: dialog.getByRole('option'), active: dialog.locator('[aria-selected=true]'), status: dialog.getByRole('status') };
}

test.describe('search', () => {
  test('finds sections, labs, challenges, terms and functions as one types, titles first, words marked @phone', async ({ page }) => {
    const { dialog, field, active, status } = await opened(page);
    for (const [typed, first, group] of [
      ['cheapest thr', 'Cheapest threshold', 'Challenges'],
      ['thershold', 'decision threshold', 'Glossary'], // a slip of the finger
      ['Latency against throughput', 'Latency against throughput', 'Labs'],
      ['smallest model', 'The smallest model', 'In the text'],
      ['ml_rng_uni', 'ml_rng_uniform', 'The library in C'],
    ]) {
      await field.fill(typed);
      await expect(active.locator('.name'), typed).toHaveText(first);
      await expect(dialog.getByRole('group').first(), typed).toHaveAccessibleName(group);
      await expect(active.locator('mark').first(), typed).toBeVisible();
    }
    await field.fill('landlord flat');
    await expect(active).toContainText('1 · Overview of ML systems');
    await expect(active.locator('mark').first()).toHaveText('landlord');
    await expect(status).toHaveText(/^\d+ results?$/);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
  });

  test('by keyboard: arrows, End, Home, the rest of a group, Enter, Escape', async ({ page }) => {
    const { dialog, field, options, active } = await opened(page);
    await field.fill('model');
    await expect(options.first()).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('ArrowDown');
    await expect(options.nth(1)).toHaveAttribute('aria-selected', 'true');
    await expect(field).toHaveAttribute('aria-activedescendant', await options.nth(1).getAttribute('id'));
    await page.keyboard.press('End');
    await expect(options.last()).toHaveAttribute('aria-selected', 'true');
    await expect(options.last()).toBeInViewport();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowUp');
    await expect(options.last()).toHaveAttribute('aria-selected', 'true');
    const count = await options.count();
    const more = dialog.getByRole('option', { name: /^\d+ more$/ }).first();
    await more.click();
    expect(await options.count()).toBeGreaterThan(count);
    await expect(field).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await page.keyboard.press('/');
    await field.fill('percentiles batching');
    await expect(active.locator('.name')).toHaveText('Latency, throughput, percentiles, batching');
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
    await expect(page).toHaveURL(/01-overview\/#latency$/);
    await expect(page.locator('#latency h2')).toBeFocused();
    await expect(page.locator('#latency h2')).toBeInViewport();
  });

  test('"/" is a sign where one types, and can be turned off', async ({ page }) => {
    await page.goto('map/');
    const dialog = page.getByRole('dialog', { name: 'Search and commands' });
    await page.evaluate(() => document.querySelector('main').prepend(document.createElement('textarea')));
    await page.locator('textarea').focus();
    await page.keyboard.press('/');
    await expect(page.locator('textarea')).toHaveValue('/');
    await expect(dialog).toHaveCount(0);
    await page.locator('textarea').blur();
    await page.getByRole('button', { name: 'Search' }).click();
    await dialog.getByRole('combobox').fill('slash');
    await expect(dialog.getByRole('option')).toContainText(['Key / off']);
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
    await page.keyboard.press('/');
    await expect(dialog).toBeHidden();
    await page.keyboard.press('Control+k');
    await expect(dialog).toBeVisible();
  });

  test('before anything is typed it offers what can be done; a scheme by its word @phone', async ({ page }) => {
    const { dialog, field, active } = await opened(page);
    for (const name of [/^Start reading/, /^Next chapter Intro to ML system design/, /^Go to the lab: /, /^Map of everything/, /^Glossary/, /^Dark colours/]) {
      await expect(dialog.getByRole('option', { name }).first()).toBeAttached();
    }
    await field.fill('dark');
    await expect(active).toContainText('Dark colours');
    await page.keyboard.press('Enter');
    await expect(page.locator('html')).toHaveAttribute('data-scheme', 'dark');
    await expect(page.getByRole('button', { name: /colour scheme/ })).toHaveText('Dark');
  });

  test('nothing found: a remedy; the data cannot be had: a sentence and another try; tags are text', async ({ page }) => {
    await page.route(/data\/search-.*\.json/, (route) => route.abort());
    const { dialog, field, options, active } = await opened(page);
    await expect(dialog).toContainText('could not be fetched');
    await page.unroute(/data\/search-.*\.json/);
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await expect(dialog).not.toContainText('could not be fetched');
    await field.fill('<img> qqqqzzzz');
    await expect(dialog).toContainText('Nothing here about “<img> qqqqzzzz”');
    await expect(options).toHaveCount(0);
    await expect(dialog.locator('img')).toHaveCount(0);
    await field.fill('landlord kubernetes');
    await expect(dialog).toContainText('No place has all of these words');
    await field.fill('math.h infinity');
    await expect(active).toContainText('<math.h>'); // in the challenge's text: shown, not read as a tag
  });
});

test('the map shows labs alone, challenges of a level, those of a topic; the address keeps it; without a script all', async ({ page, browser, baseURL }) => {
  await page.goto('map/');
  const items = page.locator('.map-things > li:visible');
  const all = await items.count();
  await page.getByLabel('Labs', { exact: true }).check();
  await expect(page.locator('.map-things > [data-challenge]:visible')).toHaveCount(0);
  await page.getByLabel('Everything').check();
  await page.getByLabel('Level').selectOption('4');
  await expect(page.locator('.map-things > [data-lab]:visible')).toHaveCount(0);
  await expect(items.filter({ hasText: 'Batching server' })).toBeVisible();
  await page.getByLabel('Topic').selectOption('01-overview/latency');
  await page.reload();
  await expect(page.locator('.map-filter [role=status]')).toHaveText(`1 of ${all}`);
  await expect(items).toHaveText([/Batching server/]);
  await page.getByLabel('Labs', { exact: true }).check();
  await expect(page.locator('.map-filter [role=status]')).toContainText('choose less');
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(items).toHaveCount(all);
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL });
  const still = await context.newPage();
  await still.goto('map/?level=4');
  await expect(still.locator('.map-things > li:visible')).toHaveCount(all);
  await expect(still.locator('.map-filter')).toBeHidden();
  await context.close();
});

test('the library’s page leads to a name, fits the screen, and axe finds nothing @phone', async ({ page }) => {
  await page.goto('library/#ml_rng_uniform');
  await expect(page.locator('#ml_rng_uniform')).toBeInViewport();
  await expect(page.locator('div:has(> #ml_rng_uniform) dd')).toContainText('Uniform in [0, 1)');
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  // Two headers have all the markup that there is; axe would take long over all of them.
  await page.evaluate(() => [...document.querySelectorAll('.library-part')].slice(2).forEach((part) => part.remove()));
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).exclude('.headers').analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
  }
});

test('a heading’s sign copies its address', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(CHAPTER);
  await page.locator('#what-is h2').hover();
  await page.getByRole('link', { name: 'Link to “What an ML system is”' }).click();
  await expect(page.locator('#what-is .copied')).toHaveText('Link copied');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/01-overview\/#what-is$/);
});
