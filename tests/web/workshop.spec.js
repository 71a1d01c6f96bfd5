// What helps a learner in the challenge card, with the real compiler, in Chromium.
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
const WITH_LIBRARY = `#include <ml.h>\n\n${RIGHT}`;

/** The card of a challenge, opened and scrolled to; its parts by role or by what they hold. */
async function openCard(page, slug = 'linear-predict') {
  await page.goto('01-overview/');
  const card = page.locator(`challenge-card[slug="${slug}"]`);
  await card.scrollIntoViewIfNeeded();
  const parts = {
    card,
    editor: card.getByRole('textbox', { name: /Your C code/ }),
    run: card.getByRole('button', { name: 'Run checks' }),
    summary: card.locator('.results h4'),
    note: card.locator('code-editor .note'),
    lookalike: card.locator('.lookalike'),
    attempts: card.locator('attempt-list'),
    announced: card.getByRole('status').first(),
  };
  await expect(parts.editor).toBeVisible();
  return parts;
}

async function download({ card }) {
  await card.getByRole('button', { name: /Download the C compiler/ }).click();
  await expect(card.locator('compiler-offer')).toBeHidden({ timeout: 60_000 });
}

/** Replaces all that stands in the editor, as a person would. */
async function write(page, { editor }, text) {
  await editor.focus(); // a click in its middle may meet a note, with its button
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

const codeIn = (parts) => parts.card.locator('code-editor').evaluate((element) => element.value);
const axe = async (page) => {
  await page.evaluate(() => scrollTo(0, 0)); /* where the page's bar lies over no button of the card by chance */
  return new AxeBuilder({ page })
    .include('challenge-card')
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    .analyze();
};

test('the library is offered as ml_ is typed, and told where a name of it stands', async ({ page }) => {
  const asked = [];
  page.on('request', (request) => request.url().endsWith('ml-api.json') && asked.push(request.url()));
  const parts = await openCard(page);
  await write(page, parts, '#include <ml.h>\n');
  expect(asked).toEqual([]);
  await page.keyboard.type('float f(const float *x) { return ml_kernel_sum_squ');
  const list = parts.card.getByRole('listbox');
  await expect(list).toContainText('ml_kernel_sum_squares');
  await expect(parts.card.locator('.cm-completionInfo')).toContainText('float ml_kernel_sum_squares(size_t n');
  await expect(parts.card.locator('.cm-completionInfo')).toContainText('Lane order');
  await page.waitForTimeout(150); /* the editor takes no Enter in the first moments: it may be meant for the text */
  await page.keyboard.press('Enter');
  await page.keyboard.type('3, x');
  expect(await codeIn(parts)).toMatch(/return ml_kernel_sum_squares\(3, x\)/);
  expect(asked).toHaveLength(1);

  /* The list is in nobody's way: Escape closes it, and with Tab leaves the editor. */
  await page.keyboard.type(' + ml_ke');
  await expect(list).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(list).toHaveCount(0);
  await page.keyboard.press('Tab');
  await expect(parts.run).toBeFocused();

  await page.mouse.move(0, 0);
  const name = parts.card.locator('.cm-line', { hasText: 'ml_kernel_sum_squares' });
  const word = await name.evaluate((line) => {
    const range = document.createRange();
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      if (node.data.includes('ml_kernel')) range.selectNodeContents(node);
    const { x, y, width, height } = range.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  });
  await page.mouse.move(word.x, word.y, { steps: 4 });
  await expect(parts.card.locator('.cm-tooltip-hover')).toContainText('ml.h, kernels/kernels.h');
});

test('an error is told in plain words, with what belongs to it, and mended by a click', async ({ page }) => {
  const parts = await openCard(page);
  await download(parts);
  await write(page, parts, RIGHT.replace('double sum = b;', 'double sum = b'));
  await parts.run.click();
  await expect(parts.summary).toHaveText('It does not compile yet: 1 error');
  await expect(parts.card.locator('.faults .plain')).toContainText('Each statement ends with a semicolon.');
  await expect(parts.announced).toContainText('Each statement ends with a semicolon.');
  await expect(parts.note).toContainText('Each statement ends with a semicolon.');
  expect((await axe(page)).violations).toEqual([]);
  await parts.note.getByRole('button', { name: 'Fix it' }).click();
  expect(await codeIn(parts)).toBe(RIGHT);
  await expect(parts.note).toHaveCount(0);
  await page.keyboard.press('ControlOrMeta+z');
  expect(await codeIn(parts)).toContain('double sum = b\n');

  /* A note stands with its error; of two offers the right one is taken, by keyboard. */
  await write(page, parts, RIGHT.replace('i < n; i++) {', 'i < n; i++) {\n        if (i = 3) out[0] = 1;'));
  await parts.run.click();
  await expect(parts.note).toContainText("use '==' to turn this assignment into an equality comparison");
  await expect(parts.note).toContainText('to ask whether they are equal, write ==');
  await parts.note.getByRole('button', { name: /use '=='/ }).focus();
  await page.keyboard.press('Enter');
  expect(await codeIn(parts)).toContain('if (i == 3)');
  await expect(parts.editor).toBeFocused();
});

test('a warning stays where it is when the program fails in another line', async ({ page }) => {
  const parts = await openCard(page);
  await download(parts);
  await write(page, parts, RIGHT.replace('        out[i]', '        if (i = 3) sum = 1;\n        out[i]'));
  await parts.run.click();
  await expect(parts.card.locator('check-list .failed').first()).toContainText('Line 9');
  await expect(parts.note).toHaveCount(2);
  await expect(parts.note.first()).toContainText('to ask whether they are equal, write ==');
});

test('a usual wrong answer is recognised by what it does, and explained on request', async ({ page }) => {
  const parts = await openCard(page);
  await download(parts);
  /* Not the wrong answer's text, but its behaviour: the columns are taken for rows. */
  await write(page, parts, RIGHT.replace('X[i * d + j] * w[j]', '*(X + j * n + i) * w[j]'));
  await parts.run.click();
  await expect(parts.summary).toHaveText('5 of 7 checks pass');
  await expect(parts.announced).toContainText('looks like a usual mistake');
  await expect(parts.lookalike.getByText('column by column')).toBeHidden();
  await parts.lookalike.locator('summary').click();
  await expect(parts.lookalike.getByText('Reads the matrix column by column')).toBeVisible();
  expect((await axe(page)).violations).toEqual([]);

  await write(page, parts, RIGHT.replace('(float)sum', '7.0f'));
  await parts.run.click();
  await expect(parts.summary).toContainText('checks pass');
  await expect(parts.lookalike).toHaveCount(0);
  await write(page, parts, RIGHT);
  await parts.run.click();
  await expect(parts.summary).toHaveText('7 of 7 checks pass');
  await expect(parts.lookalike).toHaveCount(0);
});

test('earlier attempts are kept and come back, and the solution is shown as a difference @phone', async ({ page }) => {
  const parts = await openCard(page);
  await download(parts);
  await write(page, parts, RIGHT.replace('double sum', 'float sum'));
  await parts.run.click();
  await expect(parts.summary).toHaveText('4 of 7 checks pass');
  await write(page, parts, RIGHT.replace('double sum', 'duoble sum'));
  await parts.run.click();
  await expect(parts.summary).toContainText('It does not compile yet');
  await write(page, parts, RIGHT);
  await parts.run.click();
  await expect(parts.summary).toHaveText('7 of 7 checks pass');

  await page.reload();
  await expect(parts.attempts.locator('summary')).toHaveText('Earlier attempts 3');
  await parts.attempts.locator('summary').click();
  await expect(parts.attempts.locator('.verdict')).toHaveText(['7 of 7 checks pass', /error/, '4 of 7 checks pass']);
  await expect(parts.attempts.locator('li').first()).toContainText('in the editor');
  await parts.attempts.getByRole('button', { name: /4 of 7/ }).click();
  expect(await codeIn(parts)).toContain('float sum');
  await parts.card.getByRole('button', { name: 'Undo' }).click();
  expect(await codeIn(parts)).toBe(RIGHT);

  await write(page, parts, RIGHT.replace('out[i] = (float)sum;', 'out[i]  =  (float) sum;\n        /* mine */'));
  await parts.card.getByRole('button', { name: 'Solution' }).click();
  const [mine, other] = [0, 1].map((i) => parts.card.locator('dialog pre').nth(i));
  await expect(mine.locator('.gone', { hasText: '/* mine */' })).toBeVisible();
  await expect(other.locator('.come', { hasText: 'const float *row' })).toBeVisible();
  await expect(mine.locator('.line:not(.gone)', { hasText: 'double sum' })).toHaveCount(0); /* its comment differs */
  await expect(mine.locator('.line:not(.gone)', { hasText: 'for (size_t j' })).toBeVisible();
  expect((await axe(page)).violations).toEqual([]);
});

test('at most twenty attempts are kept, and the same text run twice is one', async ({ page }) => {
  const parts = await openCard(page);
  await download(parts);
  for (let i = 0; i < 22; i++) {
    await write(page, parts, `int broken_${i}`);
    await parts.run.click();
    await expect(parts.summary).toContainText('does not');
    if (i === 0) await parts.run.click();
    await expect(parts.attempts.locator('summary')).toHaveText(`Earlier attempts ${Math.min(i + 1, 20)}`);
  }
});

test('when a lesson’s starter changes, the learner’s code stays and both are offered', async ({ page }) => {
  const parts = await openCard(page);
  await write(page, parts, WITH_LIBRARY);
  await page.waitForTimeout(400); /* saved as it is typed */
  await page.route('**/data/challenges/linear-predict.json', async (route) => {
    const response = await route.fetch();
    const challenge = await response.json();
    await route.fulfill({ response, json: { ...challenge, starter: `/* new */\n${challenge.starter}` } });
  });
  await page.reload();
  const notice = parts.card.locator('starter-notice');
  await expect(notice).toContainText('This challenge has changed since you began');
  expect(await codeIn(parts)).toBe(WITH_LIBRARY);
  await notice.getByText('What has changed').click();
  await expect(notice.locator('.come')).toHaveText('/* new */');
  expect((await axe(page)).violations).toEqual([]);

  await notice.getByRole('button', { name: 'Begin with the new starter' }).click();
  await expect(notice).toHaveCount(0);
  expect(await codeIn(parts)).toMatch(/^\/\* new \*\/\n#include/);
  await parts.attempts.locator('summary').click();
  await parts.attempts.getByRole('button', { name: /kept when the challenge changed/ }).click();
  expect(await codeIn(parts)).toBe(WITH_LIBRARY);
  await page.reload();
  await expect(parts.editor).toBeVisible();
  await expect(notice).toHaveCount(0);
  expect(await codeIn(parts)).toBe(WITH_LIBRARY);
});

test('keeping one’s code answers the question about a new starter for good', async ({ page }) => {
  const parts = await openCard(page);
  await write(page, parts, RIGHT);
  await page.waitForTimeout(400);
  await page.route('**/data/challenges/linear-predict.json', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), starter: 'int other;\n' } });
  });
  await page.reload();
  await parts.card.getByRole('button', { name: 'Keep my code' }).click();
  await page.reload();
  await expect(parts.editor).toBeVisible();
  await expect(parts.card.locator('starter-notice')).toHaveCount(0);
  expect(await codeIn(parts)).toBe(RIGHT);
});
