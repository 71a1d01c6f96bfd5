// Nothing that a page says stands outside the catalogue: the site is built in a language where every sentence has brackets.
const { execFileSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { expect, test } = require('@playwright/test');

const ROOT = resolve(__dirname, '../..');
const SITE = join(ROOT, 'build/pseudo');

/** The same in every language: the names of keys, and C. */
const SAME_EVERYWHERE = /^(ml_|Esc|Tab|(Ctrl )?Enter)$/;

/** What lessons and challenges say. */
const CONTENT = '.prose, .code, .cm-content, math, legend, .item, .why, .options label';

/** Texts and spoken names of an element and all shadow trees below it that stand in no brackets. In the browser. */
function unbracketed(root, content) {
  const found = [];
  let depth = 0;
  const hear = (text) => {
    if (depth === 0 && !text.includes('⟦') && /[a-z]{2}/i.test(text)) found.push(text.trim());
  };
  const visit = (node) => {
    if (node instanceof Text) {
      hear(node.data);
      depth += node.data.split('⟦').length - node.data.split('⟧').length;
    }
    if (!(node instanceof Element) || node.matches(`style, script, .fallback, ${content}`)) return;
    for (const name of ['aria-label', 'title', 'placeholder', 'aria-roledescription']) hear(node.getAttribute(name) ?? '');
    for (const child of (node.shadowRoot ?? node).childNodes) visit(child);
  };
  visit(root);
  return [...new Set(found)];
}

/** All strings in a piece of data. */
const stringsIn = (data) =>
  (typeof data === 'string' ? [data] : data && typeof data === 'object' ? Object.values(data).flatMap(stringsIn) : []);

let server;
test.beforeAll(async () => {
  const { serve } = await import('../../web/site/serve.mjs');
  const { PSEUDO, writePseudo } = await import('../site/pseudo.mjs');
  const strings = join(ROOT, 'build/strings');
  writePseudo(strings);
  execFileSync('node', ['web/site/build.mjs', '--out', SITE, '--language', PSEUDO, '--strings', strings, '--no-compiler'], { cwd: ROOT });
  server = await serve(SITE);
});
test.afterAll(() => server?.close());

test('a lab, a challenge, a quiz and a prediction say nothing that is not in the catalogue', async ({ page }) => {
  const declared = new Set(stringsIn([JSON.parse(readFileSync(join(SITE, 'data/labs.json'), 'utf8')),
    JSON.parse(readFileSync(join(SITE, 'data/challenges.json'), 'utf8')).map(({ title }) => title)]));
  const lesson = readFileSync(join(ROOT, 'lessons/01-overview/lesson.md'), 'utf8');
  const bare = (text) => text.replace(/^↑ /, '').replace(/[.:]$| [\d.]+$/, ''); // a label without its arrow, stop and figure
  const isContent = (text) => declared.has(text) || declared.has(bare(text)) || (text.length > 40 && lesson.includes(text));
  await page.goto(new URL('01-overview/', server.address).href);

  const lab = page.locator('lab-card').first();
  await lab.scrollIntoViewIfNeeded();
  await lab.locator('button.go').click();
  await expect(lab.locator('.steps')).not.toHaveText('⟦step 0⟧');
  const challenge = page.locator('challenge-card').first();
  await challenge.scrollIntoViewIfNeeded();
  await expect(challenge.locator('code-editor .cm-content')).toBeVisible();
  const prediction = page.locator('prediction-card').first();
  await prediction.scrollIntoViewIfNeeded();
  await prediction.locator('button.show-me').click();
  const quiz = page.locator('quiz-question[kind="one"]').first();
  await quiz.locator('button.go').click();
  await expect(quiz).toContainText('⟦Choose an answer first.⟧');

  for (const card of [lab, challenge, prediction, quiz]) {
    const texts = await card.evaluate(unbracketed, CONTENT);
    expect(texts.filter((text) => !SAME_EVERYWHERE.test(text) && !isContent(text))).toEqual([]);
    expect(await card.evaluate((element) => `${element.textContent}${element.shadowRoot?.textContent ?? ''}`)).toContain('⟦');
  }
  await expect(page.locator('html')).toHaveAttribute('lang', 'pseudo');
  await expect(page.locator('main')).toHaveAttribute('lang', 'en'); // there is no lesson.pseudo.md
});
