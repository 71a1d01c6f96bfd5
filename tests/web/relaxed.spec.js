// Fused arithmetic: off until the reader wants it, then for all labs, labelled, kept, and taken back in one click.
const { test, expect } = require('@playwright/test');
const { AxeBuilder } = require('@axe-core/playwright');

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const LABEL = 'Fused arithmetic: the last digits may differ.';

/** @param {import('@playwright/test').Page} page */
function watch(page) {
  const fetched = [];
  page.on('request', (request) => {
    const module = /assets\/(laymanz[^/]*\.wasm)$/.exec(request.url());
    if (module) fetched.push(module[1]);
  });
  return fetched;
}

async function openLab(page) {
  await page.goto('01-overview/?lab=mlp-live');
  const lab = page.locator('lab-card[name="mlp-live"]').first();
  const choice = lab.getByRole('checkbox', { name: /Fused arithmetic/ });
  await expect(async () => {
    await lab.scrollIntoViewIfNeeded(); // again, while the cards above it grow
    await expect(choice).toBeVisible({ timeout: 1000 });
  }).toPass();
  return { lab, choice };
}

/** The losses after so many steps from the start. */
async function losses(lab) {
  const pause = lab.getByRole('button', { name: 'Pause' });
  if (await pause.isVisible()) await pause.click();
  await lab.getByRole('button', { name: 'Reset', exact: true }).click();
  for (let step = 1; step <= 8; step++) {
    await lab.getByRole('button', { name: 'Step' }).click();
    await expect(lab.locator('.steps')).toHaveText(`step ${step}`);
  }
  return lab.locator('lab-readouts').evaluate((element) => [...element.values]);
}

test('it is off at first, labelled when it is on, remembered, and taken back', async ({ page }) => {
  const fetched = watch(page);
  const { lab, choice } = await openLab(page);
  await expect(choice).not.toBeChecked();
  await expect(lab.getByText(LABEL)).toBeHidden();
  const exact = await losses(lab);
  expect(fetched).toEqual(['laymanz.wasm']);

  await choice.check();
  await expect(lab.getByText(LABEL)).toBeVisible();
  expect(fetched).toEqual(['laymanz.wasm', 'laymanz-relaxed.wasm']);
  const fused = await losses(lab);
  expect(fused).not.toEqual(exact);
  fused.forEach((value, i) => expect(Math.abs(value - exact[i])).toBeLessThan(1e-3 * Math.max(1, Math.abs(exact[i]))));
  const found = await new AxeBuilder({ page }).include({ fromShadowDom: ['lab-card[name="mlp-live"]', 'lab-controls'] })
    .withTags(WCAG).analyze();
  expect(found.violations).toEqual([]);

  const again = await openLab(page);
  await expect(again.choice).toBeChecked();
  await expect(again.lab.getByText(LABEL)).toBeVisible();
  await again.choice.uncheck();
  await expect(again.lab.getByText(LABEL)).toBeHidden();
  expect(await losses(again.lab)).toEqual(exact);
});

test('where the fused module cannot be had, the labs run on the exact one', async ({ page }) => {
  await page.route('**/laymanz-relaxed.wasm', (route) => route.abort());
  const { lab, choice } = await openLab(page);
  const exact = await losses(lab);
  await choice.check();
  await expect(lab.getByRole('button', { name: 'Step' })).toBeEnabled();
  expect(await losses(lab)).toEqual(exact);
  await expect(lab.getByText(LABEL)).toBeHidden();
});
