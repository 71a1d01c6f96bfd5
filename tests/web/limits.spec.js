// What takes too long, and what is kept when the page is left at once: in Chromium, with the real compiler.
const { test, expect } = require('@playwright/test');

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

/** The card of linear-predict with the compiler open. */
async function open(page) {
  await page.goto('01-overview/');
  const card = page.locator('challenge-card[slug="linear-predict"]');
  await card.scrollIntoViewIfNeeded();
  await card.getByRole('button', { name: /Download the C compiler/ }).click();
  await expect(card.locator('compiler-offer')).toBeHidden({ timeout: 60_000 });
  const run = async (text) => {
    await card.getByRole('textbox', { name: /Your C code/ }).focus();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText(text);
    await card.getByRole('button', { name: 'Run checks' }).click();
  };
  return { card, run, summary: card.locator('.results h4').first(), failed: card.locator('check-list .failed') };
}

/**
 * From now on the compiler's worker does not hear of `operation`, as if that never ended; and the page's 30 seconds for
 * it pass in half a second. `page.evaluate(() => (window.deaf = ''))` heals it.
 */
const makeDeaf = (page, operation) =>
  page.addInitScript((operation) => {
    window.deaf = operation;
    const { setTimeout } = window;
    let limit = () => {};
    window.setTimeout = (what, ms, ...rest) => {
      if (ms === 30_000) limit = what; // of the request that follows
      return setTimeout(what, ms, ...rest);
    };
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (message, ...rest) {
      if (window.deaf && message?.operation === window.deaf) setTimeout(limit, 500);
      else postMessage.call(this, message, ...rest);
    };
  }, operation);

test('a challenge may say how long its checks may take', async ({ page }) => {
  await page.route('**/data/challenges/linear-predict.json', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), time_limit: 1 } });
  });
  const { run, failed, summary } = await open(page);
  await run(ENDLESS);
  await expect(failed.first()).toContainText('Stopped after 1 s: it did not end.');
  await expect(summary).toContainText('not run');
});

test('a compile for speed that does not end is ended with a sentence, and the next run works', async ({ page }) => {
  await makeDeaf(page, 'buildFast');
  const { card, run, summary } = await open(page);
  await run(RIGHT);
  await expect(summary).toHaveText('7 of 7 checks pass');
  await expect(card.locator('.cost-problem')).toContainText('the compiler, which works harder for speed, was stopped');
  await page.evaluate(() => (window.deaf = ''));
  await card.getByRole('button', { name: 'Run checks' }).click();
  await expect(card.locator('cost-table')).toBeVisible();
});

test('Stop ends the wait for a compile for speed', async ({ page }) => {
  await page.addInitScript(() => {
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (message, ...rest) {
      if (message?.operation !== 'buildFast') postMessage.call(this, message, ...rest);
    };
  });
  const { card, run, summary } = await open(page);
  await run(RIGHT);
  await expect(summary).toHaveText('7 of 7 checks pass');
  await card.getByRole('button', { name: 'Stop' }).click();
  await expect(card.getByRole('button', { name: 'Run checks' })).toBeVisible({ timeout: 5000 });
  await expect(summary).toHaveText('7 of 7 checks pass');
});

test('a check while typing that does not end does not keep the next run from working', async ({ page }) => {
  await makeDeaf(page, 'check');
  const { card, run, summary } = await open(page);
  await card.getByRole('textbox', { name: /Your C code/ }).focus();
  await page.keyboard.type('/');
  await page.waitForTimeout(2000); // it is checked, and given up
  await run(RIGHT);
  await expect(summary).toHaveText('7 of 7 checks pass');
});

test('a fault without its line is a verdict all the same', async ({ page }) => {
  await makeDeaf(page, 'explain');
  const { run, failed, summary } = await open(page);
  await run(RIGHT.replace('double sum = b;', 'double sum = b / (int)(n / (n + 1) + 1) + 1 / (int)(n / (n + 1));'));
  await expect(failed.first()).toContainText('the compiler could not say in which line');
  await expect(summary).toContainText('1 of 7 checks pass');
});

test('an attempt is kept before its verdict is seen', async ({ page }) => {
  const { card, run } = await open(page);
  await card.evaluate((element) => {
    // The page is left in the very moment in which the last verdict is drawn.
    new MutationObserver(() => {
      const summary = element.shadowRoot.querySelector('.results h4')?.textContent ?? '';
      if (/7 of 7 checks pass/.test(summary)) location.reload();
    }).observe(element.shadowRoot, { childList: true, characterData: true, subtree: true });
  });
  const reloaded = page.waitForEvent('load');
  await run(RIGHT);
  await reloaded;
  await expect(card.locator('attempt-list summary')).toHaveText('Earlier attempts 1');
  await expect(card.locator('.solved')).toBeVisible();
});

test('what is typed while the code is compiled is not what the verdict is kept with', async ({ page }) => {
  const { card, run, summary } = await open(page);
  await page.evaluate(() => {
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (message, ...rest) {
      const late = message?.operation === 'build' ? 1500 : 0;
      setTimeout(() => postMessage.call(this, message, ...rest), late);
    };
  });
  await run(RIGHT);
  await card.getByRole('textbox', { name: /Your C code/ }).focus();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type('int later;');
  await expect(summary).toHaveText('7 of 7 checks pass');
  await card.locator('attempt-list summary').click();
  await card.locator('attempt-list').getByRole('button', { name: /7 of 7/ }).click();
  expect(await card.locator('code-editor').evaluate((element) => element.value)).toBe(RIGHT);
});

test('a file that defines main is refused, as in a terminal', async ({ page }) => {
  const { card, run } = await open(page);
  await run(`${RIGHT}\nint main(void) {\n    return 0;\n}\n`);
  await expect(card.locator('.faults')).toContainText('Your file defines main, where a program starts.');
});
