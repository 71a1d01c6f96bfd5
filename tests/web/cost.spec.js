// What an answer costs, what it leaves behind, and what it cannot reach: in Chromium, with the real compiler.
const { test, expect } = require('@playwright/test');
const { AxeBuilder } = require('@axe-core/playwright');

const answer = (body, head = '') => `#include <stddef.h>
#include <stdlib.h>
${head}
void linear_predict(const float *X, size_t n, size_t d, const float *w, float b, float *out) {
${body}
}
`;
const PLAIN = `for (size_t i = 0; i < n; i++) {
    double sum = b;
    for (size_t j = 0; j < d; j++) sum += (double)X[i * d + j] * w[j];
    out[i] = (float)sum;
}`;
const TWO_ROWS = `for (size_t i = 0; i < n; i += 2) {
    const float *row = X + i * d, *next = i + 1 < n ? row + d : row;
    double sum = b, sum_of_next = b;
    for (size_t j = 0; j < d; j++) {
        sum += (double)row[j] * w[j];
        sum_of_next += (double)next[j] * w[j];
    }
    out[i] = (float)sum;
    if (i + 1 < n) out[i + 1] = (float)sum_of_next;
}`;

/** The card of linear-predict with the compiler open; runs a text and waits for its verdicts. */
async function open(page) {
  await page.goto('01-overview/');
  const card = page.locator('challenge-card[slug="linear-predict"]');
  await card.scrollIntoViewIfNeeded();
  const run = async (text) => {
    await card.getByRole('textbox', { name: /Your C code/ }).click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText(text);
    await card.getByRole('button', { name: 'Run checks' }).click();
  };
  await card.getByRole('button', { name: /Download the C compiler/ }).click();
  await expect(card.locator('compiler-offer')).toBeHidden({ timeout: 60_000 });
  return { card, run, cost: card.locator('cost-table'), summary: card.locator('.results h4').first() };
}

test('a right answer is told its cost; the second star is for fewer loads, and is kept @phone', async ({ page }) => {
  const { card, run, cost, summary } = await open(page);
  await run(answer(PLAIN));
  await expect(summary).toHaveText('7 of 7 checks pass');
  await expect(cost.getByRole('row', { name: 'floating-point operations' })).toHaveText(/65,536\s*65,536\s*1\.00 ×/);
  await expect(cost.getByRole('row', { name: 'loads' })).toHaveText(/65,536\s*65,536\s*1\.00 ×/);
  await expect(cost.getByRole('row', { name: 'time' })).toHaveText(/[µm]s\s*[\d.]+ [µm]s\s*[\d.]+ ×/);
  await expect(cost).toContainText('A second star is yours with at most 0.8 times the loads');

  await run(answer(TWO_ROWS));
  await expect(cost.getByRole('row', { name: 'loads' })).toHaveText(/49,152\s*65,536\s*0\.75 ×/);
  await expect(cost).toContainText('Earned');
  await expect(card.getByRole('status').first()).toContainText('Second star: at most 0.8 times the loads');
  const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  expect((await new AxeBuilder({ page }).include('challenge-card').withTags(wcag).analyze()).violations).toEqual([]);

  await page.reload();
  await expect(card.locator('.solved')).toContainText('★');
});

test('a wrong answer is not measured', async ({ page }) => {
  const { run, cost, summary } = await open(page);
  await run(answer('(void)0;'));
  await expect(summary).toHaveText(/\d of 7 checks pass/);
  await expect(cost).toHaveCount(0);
});

test('a leak is a warning with its line, and its cost waits', async ({ page }) => {
  const { card, run, cost, summary } = await open(page);
  await run(answer(`    float *copy = malloc(24);\n    if (copy) copy[0] = b;\n${PLAIN}`));
  await expect(summary).toHaveText('7 of 7 checks pass');
  await expect(card.locator('check-list .warning')).toHaveText(
    'Line 5: Your code never frees a block of 24 bytes, and nothing points to it any more.',
  );
  await expect(card.locator('.cost-problem')).toContainText('when it frees all that it allocates');
  await expect(cost).toHaveCount(0);
  await card.locator('check-list .warning').getByRole('button', { name: 'Line 5' }).click();
  await expect(card.getByRole('textbox', { name: /Your C code/ })).toBeFocused();
});

test('a loop that only a typical input makes endless ends the measurement, not the verdicts', async ({ page }) => {
  const { card, run, summary } = await open(page);
  await run(answer(`    while (n == 64) {}\n${PLAIN}`));
  await expect(summary).toHaveText('7 of 7 checks pass');
  await expect(card.locator('.cost-problem')).toContainText('longer than 5 seconds', { timeout: 30_000 });
});

test('a program is given no way to the page, the network or storage', async ({ page }) => {
  // What the page hands to its run worker is looked at: all that a program can call is what it imports.
  await page.addInitScript(() => {
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = function (message, ...rest) {
      if (message?.wasm && 'first' in message) window.ran = message.wasm;
      return postMessage.call(this, message, ...rest);
    };
  });
  const requests = [];
  const { card, run, summary } = await open(page);
  page.on('request', (request) => requests.push(request.url()));
  await run(
    answer(
      `    FILE *file = fopen("/tmp/secret", "w");
    if (file != NULL || getenv("HOME") != NULL) return;
    printf("%d", (int)(time(NULL) > 0));
${PLAIN}`,
      '#include <stdio.h>\n#include <time.h>',
    ),
  );
  await expect(summary).toHaveText('7 of 7 checks pass');
  await expect(card.locator('program-output')).toContainText('1'); // stdio and the clock were linked, and work
  const imports = await page.evaluate(async () =>
    WebAssembly.Module.imports(await WebAssembly.compile(window.ran)).map(
      ({ module, name, kind }) => `${kind} ${module}.${name}`,
    ),
  );
  expect(imports.length).toBeGreaterThan(0);
  for (const one of imports)
    expect(one).toMatch(/^function wasi_snapshot_preview1\.(fd_|path_|environ_|clock_time_get$|proc_exit$)/);
  for (const url of requests) expect(new URL(url).origin).toBe(new URL(page.url()).origin);
});
