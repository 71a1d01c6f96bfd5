// What a learner's function prints inside a lab is shown under the lab's badge, in Chromium.
const { test, expect } = require('@playwright/test');

/** A percentile that prints, then does this; `more` stands in front of it. */
const PRINTS = (body, more = '') => `#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
${more}
double percentile(const double *ms, size_t n, double p) {
    ${body}
    return n > 0 ? ms[0] : p;
}
`;

/** Runs the lab with a text, whatever its checks say of it. */
async function drive(page, text) {
  await page.goto('01-overview/');
  const challenge = page.locator('challenge-card[slug="latency-percentile"]');
  await challenge.scrollIntoViewIfNeeded();
  await challenge.getByRole('textbox', { name: /Your C code/ }).focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
  await challenge.getByRole('button', { name: /Download the C compiler/ }).click();
  await expect(challenge.locator('compiler-offer')).toBeHidden({ timeout: 60_000 });
  await challenge.getByRole('button', { name: 'Run checks' }).click();
  await challenge.getByRole('button', { name: 'Run the lab with my code' }).click({ timeout: 60_000 });
  const lab = page.locator('lab-card', { has: page.locator('.driven') }).first();
  return { lab, console: lab.locator('.driven program-output'), step: lab.getByRole('button', { name: 'Step' }) };
}

test('it comes in its order, and a new run begins with an empty console', async ({ page }) => {
  const { lab, console } = await drive(
    page,
    PRINTS(
      'if (calls++ < 2) {\n        printf("call %d: ", calls);\n        fprintf(stderr, "of %s, ", "mine");\n' +
        '        puts("done");\n    }',
      'static int calls;',
    ),
  );
  await expect(console.locator('pre')).toContainText('call 1: of mine, done');
  await expect(console.locator('.error').first()).toHaveText('of mine, ');
  await lab.getByRole('button', { name: 'Reset', exact: true }).click();
  await expect(console.locator('pre')).toHaveCount(0); // the static counts on: nothing more is printed
  await lab.getByRole('button', { name: 'Back to the library’s code' }).click();
  await expect(console).toHaveCount(0);
});

test('a lab that prints without end shows 64 KB and goes on', async ({ page }) => {
  const { lab, console } = await drive(page, PRINTS('for (int i = 0; i < 2000; i++)\n        puts("and on and on it goes");'));
  await expect(console.locator('pre')).toContainText('only the first 64 KB are shown');
  expect((await console.locator('pre').innerText()).length).toBeLessThan(70_000);
  await expect(lab.getByRole('button', { name: 'Pause' })).toBeVisible();
});

test('what was printed before a fault stands there', async ({ page }) => {
  const { lab, console } = await drive(page, PRINTS('if (n > 1000) {\n        printf("so far");\n        abort();\n    }'));
  await expect(lab.getByRole('alert')).toContainText('Your code has stopped the lab.', { timeout: 20_000 });
  await expect(console.locator('pre')).toContainText('so far');
});
