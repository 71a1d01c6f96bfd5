// The challenge card with the real compiler: what a learner does, in Chromium.
const { test, expect } = require('@playwright/test');
const { AxeBuilder } = require('@axe-core/playwright');

const RIGHT = `#include <stddef.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    for (size_t i = 0; i < n; i++) {
        double sum = b;
        for (size_t j = 0; j < d; j++)
            sum += (double)X[i * d + j] * w[j];
        out[i] = (float)sum;
    }
}
`;
const ENDLESS = RIGHT.replace('i < n; i++', 'i < n + 1; i += 0');
const MISSPELT = RIGHT.replace('double sum', 'duoble sum');

/** The card of a challenge, opened and scrolled to; its parts by role or by what they hold. */
async function openCard(page, slug = 'linear-predict') {
  await page.goto('01-overview/');
  const card = page.locator(`challenge-card[slug="${slug}"]`);
  await card.scrollIntoViewIfNeeded();
  const parts = {
    card,
    editor: card.getByRole('textbox', { name: /Your C code/ }),
    run: card.getByRole('button', { name: 'Run checks' }),
    download: card.getByRole('button', { name: /Download the C compiler/ }),
    summary: card.locator('.results h4'),
    announced: card.getByRole('status').first(),
  };
  await expect(parts.editor).toBeVisible();
  return parts;
}

async function download({ card, download }) {
  await download.click();
  await expect(card.locator('compiler-offer')).toBeHidden({ timeout: 60_000 });
}

/** Replaces all that stands in the editor, as a person would. */
async function write(page, { editor }, text) {
  await editor.focus(); // a click in its middle may meet a note, with its button
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

const codeIn = (parts) => parts.editor.evaluate((element) => element.innerText.replace(/\u200b/g, ''));

test('a wrong answer is underlined, a right one passes, and both code and progress are kept @phone', async ({
  page,
}) => {
  const parts = await openCard(page);
  await download(parts);
  await write(page, parts, MISSPELT);
  await expect(parts.card.locator('.cm-lintRange-error')).toHaveText('duoble');
  await parts.run.click();
  await expect(parts.summary).toHaveText('It does not compile yet: 1 error');
  await expect(parts.card.locator('code-editor .note')).toContainText("use of undeclared identifier 'duoble'");
  await expect(parts.announced).toContainText('Line 5');

  await write(page, parts, RIGHT.replace('double sum', 'float sum'));
  await parts.run.click();
  await expect(parts.summary).toHaveText('4 of 7 checks pass');
  await expect(parts.card.locator('check-list .failed', { hasText: 'Sums in double' })).toContainText('expected 2');
  await expect(parts.card.locator('.status')).toContainText(/compiled in \d+\.\d\d s by clang 22/);

  await write(page, parts, RIGHT);
  await parts.run.click();
  await expect(parts.summary).toHaveText('7 of 7 checks pass');
  await expect(parts.announced).toHaveText('All 7 checks pass. Solved.');
  await expect(parts.card.getByText('Take away')).toBeVisible();

  await page.reload();
  await expect(parts.card.locator('.solved')).toBeVisible();
  expect(await codeIn(parts)).toContain('double sum = b;');
  await parts.run.click(); // no second download
  await expect(parts.summary).toHaveText('7 of 7 checks pass');
});

test('an endless loop is stopped while the page goes on', async ({ page }) => {
  const parts = await openCard(page);
  await download(parts);
  await write(page, parts, ENDLESS);
  await parts.run.click();
  await expect(parts.card.getByRole('button', { name: 'Stop' })).toBeVisible();
  expect(await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => resolve('alive'))))).toBe(
    'alive',
  );
  await expect(parts.card.locator('check-list .failed').first()).toContainText('Stopped after 5 s', {
    timeout: 30_000,
  });
  await expect(parts.summary).toContainText('not run', { timeout: 30_000 });
  expect(await codeIn(parts)).toContain('i += 0');

  await parts.run.click();
  await parts.card.getByRole('button', { name: 'Stop' }).click();
  await expect(parts.card.locator('.status')).toContainText('stopped');
});

test('a fault is told with its line, and what the program prints is shown', async ({ page }) => {
  const parts = await openCard(page);
  await download(parts);
  await write(
    page,
    parts,
    `#include <stddef.h>
#include <stdio.h>

void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
    int places[4];
    printf("n is %zu", n);
    for (int i = 0; i < 4 + (int)d; i++)
        places[i] = (int)X[0];
    out[0] = b + w[0] + places[0];
}
`,
  );
  await parts.run.click();
  const first = parts.card.locator('check-list .failed').first();
  await expect(first).toContainText('Line 8: An index lies outside its array.');
  await expect(parts.card.locator('program-output')).toContainText('n is 2');
  await first.getByRole('button', { name: 'Line 8' }).click();
  await expect(parts.editor).toBeFocused();
});

test('a write past the end of a buffer is caught to the byte', async ({ page }) => {
  const parts = await openCard(page);
  await download(parts);
  await write(page, parts, RIGHT.replace('out[i] =', 'out[i + 1] ='));
  await parts.run.click();
  const told = parts.card.locator('check-list .failed').first();
  await expect(told).toContainText('Line 8: Your code writes 4 bytes at byte 8 of a block of 8 bytes');
});

test('what the program must not have, it does not get', async ({ page }) => {
  const parts = await openCard(page);
  await download(parts);
  await write(
    page,
    parts,
    RIGHT.replace(
      '\n\n',
      `

__attribute__((import_module("env"), import_name("fetch"))) int fetch_page(void);
`,
    ).replace('double sum = b;', 'double sum = b + fetch_page();'),
  );
  await parts.run.click();
  await expect(parts.card.locator('.faults')).toContainText('env.fetch');
  await write(page, parts, 'int other(void) { return 1; }\n');
  await parts.run.click();
  await expect(parts.card.locator('.faults')).toContainText('There is no function linear_predict');
});

test('a download that breaks off can be tried again and loses no code', async ({ page }) => {
  let broken = true;
  await page.route('**/compiler/clang-*.bin', (route) => (broken ? route.abort() : route.continue()));
  const parts = await openCard(page);
  await write(page, parts, RIGHT);
  await parts.download.click();
  await expect(parts.card.getByText('The compiler could not be fetched.')).toBeVisible();
  broken = false;
  await parts.card.getByRole('button', { name: 'Try again' }).click();
  await expect(parts.card.locator('compiler-offer')).toBeHidden({ timeout: 60_000 });
  expect(await codeIn(parts)).toContain('double sum = b;');
  await parts.run.click();
  await expect(parts.summary).toHaveText('7 of 7 checks pass');
});

test('all of it works by keyboard', async ({ page }) => {
  const parts = await openCard(page);
  await parts.editor.focus();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(parts.download).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(parts.card.locator('compiler-offer')).toBeHidden({ timeout: 60_000 });

  await parts.editor.focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(RIGHT);
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(parts.summary).toHaveText('7 of 7 checks pass');
  await expect(parts.editor).toBeFocused();

  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.press('Tab');
  await expect(parts.editor).toBeFocused();
  expect(await codeIn(parts)).toMatch(/^\s+#include/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(parts.run).toBeFocused();
});

test('hints are remembered, a reset can be undone, the solution asks first', async ({ page }) => {
  const parts = await openCard(page);
  await parts.card.getByRole('button', { name: /Show a hint/ }).click();
  await expect(parts.card.locator('.hints li')).toHaveCount(1);
  await write(page, parts, RIGHT);
  await parts.card.getByRole('button', { name: 'Reset' }).click();
  expect(await codeIn(parts)).toContain('TODO');
  await parts.card.getByRole('button', { name: 'Undo' }).click();
  expect(await codeIn(parts)).toContain('double sum = b;');

  await parts.card.getByRole('button', { name: 'Solution' }).click();
  await expect(parts.card.getByRole('heading', { name: 'Show a solution now?' })).toBeVisible();
  await parts.card.getByRole('button', { name: 'Show the solution' }).click();
  await expect(parts.card.getByRole('heading', { name: 'Your code' })).toBeVisible();
  await expect(parts.card.locator('dialog pre').nth(1)).toContainText('double sum');
  await page.keyboard.press('Escape');

  await page.reload();
  await expect(parts.card.locator('.hints li')).toHaveCount(1);
});

test('axe finds nothing in the card, before and after a run @phone', async ({ page }) => {
  const parts = await openCard(page);
  const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const look = () => new AxeBuilder({ page }).include('challenge-card').withTags(wcag).analyze();
  expect((await look()).violations).toEqual([]);
  await download(parts);
  await parts.run.click();
  await expect(parts.summary).toContainText('checks pass');
  expect((await look()).violations).toEqual([]);
});
