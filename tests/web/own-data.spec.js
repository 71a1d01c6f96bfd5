// The reader's own CSV in a lab, and the trained model out of it.
const { test, expect } = require('@playwright/test');
const { execFileSync } = require('node:child_process');
const { mkdtempSync, readFileSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/** Two classes that a ring tells apart; every fortieth row has a gap. */
function people() {
  const rows = ['id,height,weight,fits'];
  for (let i = 0; i < 120; i++) {
    const [a, b] = [(i * 37) % 41, (i * 23) % 29];
    const fits = (a - 20) ** 2 / 180 + (b - 14) ** 2 / 90 < 1 ? 'yes' : 'no';
    rows.push(`${i + 1},${150 + a},${i % 40 === 7 ? '' : 55 + b},${fits}`);
  }
  return `${rows.join('\n')}\n`;
}

const file = (/** @type {string} */ text) => ({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

test('own rows train the network, survive a reset, and the model downloaded compiles', async ({ page }) => {
  const asked = [];
  await page.goto('./?lab=mlp-playground&data=csv');
  const lab = page.locator('lab-card');
  const own = lab.locator('own-data');
  await expect(lab.locator('.dock .problem')).toContainText('needs a CSV file of your own');
  page.on('request', (request) => asked.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`));
  await own.locator('input[type=file]').setInputFiles(file(people()));
  await expect(own).toContainText('120 rows, 4 columns');
  await expect(own).toContainText('3 rows are left out');
  await expect(own).toContainText('Class 0 is no');
  await expect(own.locator('select[data-column=x1] option:checked')).toHaveText('height');
  await lab.getByRole('button', { name: 'Step', exact: true }).click();
  await expect(lab.locator('.steps')).toHaveText('step 1');
  await lab.getByRole('button', { name: 'Reset', exact: true }).click();
  await expect(lab.locator('.steps')).toHaveText('step 0');
  await expect(lab.locator('.dock .problem')).toHaveCount(0);
  expect(asked.filter((request) => !request.startsWith('GET ') || /height|people/.test(request))).toEqual([]);

  const more = lab.getByRole('button', { name: 'More', exact: true });
  if (await more.isVisible()) await more.click();
  const downloading = page.waitForEvent('download');
  await lab.locator('[data-model=h]').click();
  const folder = mkdtempSync(join(tmpdir(), 'model-'));
  await (await downloading).saveAs(join(folder, 'mlp-playground.h'));
  expect(readFileSync(join(folder, 'mlp-playground.h'), 'utf8')).toContain('the column height');
  writeFileSync(join(folder, 'use.c'), '#include <stdio.h>\n#include "mlp-playground.h"\n' +
    'int main(void) { float x[2] = {170, 70}, y[1]; predict(x, y); printf("%g", (double)y[0]); return 0; }\n');
  execFileSync('cc', ['-Wall', '-Werror', '-ffp-contract=off', 'use.c', '-o', 'use'], { cwd: folder });
  const chance = Number(execFileSync(join(folder, 'use')).toString());
  expect(chance).toBeGreaterThan(0);
  expect(chance).toBeLessThan(1);
});

test('a file that cannot be used is told by line, and pasting a better one mends it', async ({ page }) => {
  await page.goto('./?lab=mlp-playground&data=csv');
  const own = page.locator('lab-card own-data');
  await own.locator('input[type=file]').setInputFiles(file('x,y,class\n1,2\n'));
  await expect(own.getByRole('alert')).toContainText('line 2 has 2 cells');
  await own.getByRole('button', { name: 'Paste' }).press('Enter');
  await own.getByLabel('CSV text').fill(people());
  await own.getByRole('button', { name: 'Read it' }).press('Enter');
  await expect(own).toContainText('120 rows, 4 columns');
  await own.locator('select[data-column=class]').selectOption({ label: 'id' });
  await expect(own.getByRole('alert')).toContainText('line 4: a third class');
});

test('a file is dropped', async ({ page }) => {
  await page.goto('./?lab=mlp-playground&data=csv');
  const own = page.locator('lab-card own-data');
  const dropped = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'dropped.csv', { type: 'text/csv' }));
    return data;
  }, people());
  await own.locator('.drop').dispatchEvent('drop', { dataTransfer: dropped });
  await expect(own).toContainText('dropped.csv: 120 rows, 4 columns');
});

test('a file is there after a reload, until it is forgotten; a link does not carry it', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('./?lab=mlp-live&data=csv');
  const lab = page.locator('lab-card');
  const own = lab.locator('own-data');
  await own.locator('input[type=file]').setInputFiles(file(people()));
  await expect(own.locator('.kept')).toContainText('Kept in this tab until you close it');
  await own.locator('select[data-column=x1]').selectOption({ label: 'id' });
  await expect(own).toContainText('3 rows are left out');
  await page.reload();
  await expect(own).toContainText('people.csv: 120 rows, 4 columns');
  await expect(own.locator('select[data-column=x1] option:checked')).toHaveText('id');
  await expect(lab.locator('.dock .problem')).toHaveCount(0);

  const more = lab.getByRole('button', { name: 'More', exact: true });
  if (await more.isVisible()) await more.click();
  await lab.getByRole('button', { name: 'Share', exact: true }).click();
  await expect(lab.getByText('but not your file')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/\?lab=mlp-live&data=csv(&seed=\d+)?$/);

  const stranger = await context.newPage(); // another tab has another session
  await stranger.goto('./?lab=mlp-live&data=csv');
  await expect(stranger.locator('lab-card .dock .problem')).toContainText('needs a CSV file of your own');
  await stranger.close();

  await own.getByRole('button', { name: 'Forget it' }).press('Enter');
  await expect(lab.locator('.dock .problem')).toContainText('needs a CSV file of your own');
  await expect(own.getByRole('button', { name: 'Choose a file' })).toBeFocused();
  expect(await page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.includes('own file')))).toEqual([]);
  await page.reload();
  await expect(lab.locator('.dock .problem')).toContainText('needs a CSV file of your own');
});

test('a file that is too large to keep is used all the same, and that is said', async ({ page }) => {
  await page.goto('./?lab=mlp-live&data=csv');
  const own = page.locator('lab-card own-data');
  const rows = Array.from({ length: 90_000 }, (_, i) => `${(i * 37) % 4001},${(i * 23) % 2909},${'padding '.repeat(2)},${i % 2}`);
  await own.locator('input[type=file]').setInputFiles(file(`a,b,words,class\n${rows.join('\n')}\n`));
  await expect(own).toContainText('90,000 rows');
  await expect(own.locator('.kept')).toContainText('Here until you reload or leave this page');
  await page.reload();
  await expect(page.locator('lab-card .dock .problem')).toContainText('needs a CSV file of your own');
});
